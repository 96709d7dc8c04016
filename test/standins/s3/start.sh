#!/bin/sh
# Runs an S3 server (Versity's S3 gateway over a folder) on a free port of 127.0.0.1 until it is killed, having printed its address with the
# keys in it on one line of standard output: http://KEY:SECRET@127.0.0.1:PORT. Keeps objects in the folder it is given, or a new one, on a
# file system with extended attributes.
# Builds it first, once for a version, into a cache folder outside the project. Needs Go for that; with --built it ends with 3 instead.
#   start.sh [--built] [FOLDER]
set -eu

version=1.8.0
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/versitygw-$version
key=ambient secret=only-for-tests
# A bucket may stand in the name of the host as well: BUCKET.s3.test, which whoever asks has to send to 127.0.0.1.
domain=s3.test

if [ "${1:-}" = --built ]; then
  [ -x "$home/versitygw" ] || exit 3
  shift
fi

mkdir -p "$home"
(
  flock 9
  if [ ! -x "$home/versitygw" ]; then
    command -v go > /dev/null || { echo "$0: go is missing: it builds the S3 server" >&2; exit 1; }
    GOBIN=$home/new nice -n 15 go install "github.com/versity/versitygw/cmd/versitygw@v$version" >&2
    mv "$home/new/versitygw" "$home/versitygw"
  fi
) 9> "$home/lock"

data=${1:-$(mktemp -d)}
mkdir -p "$data/buckets"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')

# Tells when it answers; gives up with the server.
node -e '
  const [server, address, health] = process.argv.slice(1)
  const ask = () => fetch(health).then(() => console.log(address), () => { process.kill(Number(server), 0); setTimeout(ask, 50) })
  ask()
' "$$" "http://$key:$secret@127.0.0.1:$port" "http://127.0.0.1:$port/health" &

exec "$home/versitygw" --quiet --keep-alive --health /health --port "127.0.0.1:$port" --access "$key" --secret "$secret" --virtual-domain "$domain" \
  posix "$data/buckets" >&2
