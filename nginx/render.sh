#!/bin/sh
# Fills in the templates of nginx/templates/ and writes them to the given folder (NGINX's conf.d). The official image
# does the same with its templates when it starts. Values come from the environment, or else from nginx/defaults.env.
# The version of NGINX ($NGINX_PROGRAM, or nginx) decides how `listen` is written.
#   AMBIENT_SERVER_NAMES=radio.example.org nginx/render.sh /etc/nginx/conf.d
set -eu

here=$(dirname "$0")
into=${1:?the folder to write to}

version=$("${NGINX_PROGRAM:-nginx}" -v 2>&1 | sed -n 's|.*nginx/\([0-9.]*\).*|\1|p')
if [ "$(printf '%s\n' "$version" 1.25.1 | sort -V | head -n 1)" != 1.25.1 ]; then
  export AMBIENT_LISTEN_HTTPS="${AMBIENT_LISTEN_HTTPS-listen 443 ssl http2; listen [::]:443 ssl http2;}"
fi

while IFS='=' read -r name value; do
  case $name in AMBIENT_*) if ! printenv "$name" > /dev/null; then export "$name=$value"; fi ;; esac
done < "$here/defaults.env"

for template in "$here"/templates/*.template; do
  awk '{
    text = ""
    while (match($0, /\$\{AMBIENT_[A-Z_]+\}/)) {
      name = substr($0, RSTART + 2, RLENGTH - 3)
      if (!(name in ENVIRON)) { print FILENAME ": " name " has no value" > "/dev/stderr"; exit 1 }
      text = text substr($0, 1, RSTART - 1) ENVIRON[name]
      $0 = substr($0, RSTART + RLENGTH)
    }
    print text $0
  }' "$template" > "$into/$(basename "$template" .template)"
done
