#!/bin/sh
#   start.sh [--built] [FOLDER]
# Runs an S3 server (Versity's S3 gateway over a folder) on a free port of 127.0.0.1 until it is killed. Prints its
# address with the keys on one line of standard output: http://KEY:SECRET@127.0.0.1:PORT. Stores objects in FOLDER or a
# new folder, whose file system must have extended attributes. Builds the server with Go when the cache folder outside
# of the project does not contain this version. With --built it exits with 3 instead.
set -eu

version=1.8.0
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/versitygw-$version
key=ambient secret=only-for-tests
# Requests may name the bucket in the host, BUCKET.s3.test, which the client must resolve to 127.0.0.1.
domain=s3.test

if [ "${1:-}" = --built ]; then
  [ -x "$home/versitygw" ] || exit 3
  shift
fi

mkdir -p "$home"
(
  flock 9
  if [ ! -x "$home/versitygw" ]; then
    command -v go > /dev/null || { echo "$0: go is missing: install Go, which builds the S3 server" >&2; exit 1; }
    GOBIN=$home/new nice -n 15 go install "github.com/versity/versitygw/cmd/versitygw@v$version" >&2
    mv "$home/new/versitygw" "$home/versitygw"
  fi
) 9> "$home/lock"

data=${1:-$(mktemp -d)}
mkdir -p "$data/buckets"
port=$(node -e '
  const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port)
    server.close()
  })
')

# Prints the address when the server answers. Gives up when the server has exited.
node -e '
  const [server, address, health] = process.argv.slice(1)
  const probe = () => fetch(health).then(() => console.log(address), () => {
    process.kill(Number(server), 0)
    setTimeout(probe, 50)
  })
  probe()
' "$$" "http://$key:$secret@127.0.0.1:$port" "http://127.0.0.1:$port/health" &

exec "$home/versitygw" --quiet --keep-alive --health /health --port "127.0.0.1:$port" \
  --access "$key" --secret "$secret" --virtual-domain "$domain" posix "$data/buckets" >&2
