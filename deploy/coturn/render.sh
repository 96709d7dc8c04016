#!/bin/sh
# Fills in the template of coturn's configuration and writes it to the given file. Values come from the environment, or
# else from deploy/coturn/defaults.env; TURN_SECRET is required. A line with an empty value is omitted. A line with
# several words is repeated for each word.
#   TURN_SECRET=… COTURN_NODES=198.51.100.7 deploy/coturn/render.sh /etc/turnserver.conf
set -eu

here=$(dirname "$0")
into=${1:?the file to write to}
: "${TURN_SECRET:?is needed: the same as that of the server}"
export TURN_SECRET

while IFS='=' read -r name value; do
  case $name in COTURN_*) if ! printenv "$name" > /dev/null; then export "$name=$value"; fi ;; esac
done < "$here/defaults.env"

# The file contains a secret.
umask 077
awk '{
  if (!match($0, /\$\{[A-Z_]+\}/)) { print; next }
  name = substr($0, RSTART + 2, RLENGTH - 3)
  before = substr($0, 1, RSTART - 1)
  if (!(name in ENVIRON)) { print FILENAME ": " name " has no value" > "/dev/stderr"; exit 1 }
  count = split(ENVIRON[name], words, " ")
  for (n = 1; n <= count; n++) print before words[n]
}' "$here/turnserver.conf.template" > "$into"
