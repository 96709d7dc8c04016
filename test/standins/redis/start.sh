#!/bin/sh
# Runs redis-server on 127.0.0.1 until it is killed, and prints its URL on one line of standard output. Nothing is kept.
#
#   start.sh [PORT]           6379 unless another port is given
set -eu
port=${1-6379}
command -v redis-server > /dev/null || { echo "$0: redis-server is missing: install the package redis-server" >&2; exit 1; }
echo "redis://127.0.0.1:$port"
exec redis-server --bind 127.0.0.1 --port "$port" --dir "$(mktemp -d)" --save '' --appendonly no > /dev/null
