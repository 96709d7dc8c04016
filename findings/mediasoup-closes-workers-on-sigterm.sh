#!/usr/bin/env bash
# mediasoup 3.27.1 listens to SIGTERM and SIGINT itself: createWorker() adds a listener for each worker, and the first
# signal closes all workers at once. 3.19.16 did not (the change is versatica/mediasoup pull request 1788).
#
# Two surprises for a server that drains before it stops:
# - the audio ends with the signal and not when the server closes its workers, and the workers emit no 'died' event;
# - the listener replaces Node's default, so a program without a SIGTERM handler of its own no longer ends at SIGTERM
#   while anything else, such as an HTTP server, keeps it running.
#
# A worker program that only waits shows both. Observed with both versions on Node.js 20 and 24:
#   3.19.16: listeners 0, ends at SIGTERM: yes
#   3.27.1: listeners 1, ends at SIGTERM: no
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > probe.js <<'JS'
const { createWorker } = require('mediasoup')
// The promise never resolves, because the program is not a worker. createWorker() adds the listeners before that.
createWorker({ workerBin: process.argv[2] }).catch(() => {})
setInterval(() => {}, 1000)
setTimeout(() => console.log(process.listenerCount('SIGTERM')), 1000)
JS
printf '#!/bin/sh\nexec sleep 60\n' > waits.sh
chmod +x waits.sh

observe() { # version
  mkdir "$1"
  cp probe.js waits.sh "$1"
  (
    cd "$1"
    npm init -y > /dev/null
    npm install --ignore-scripts --no-audit --no-fund --silent "mediasoup@$1"
    node probe.js "$PWD/waits.sh" > listeners 2> /dev/null &
    pid=$!
    until [ -s listeners ]; do sleep 0.2; done
    kill -TERM "$pid"
    ends=no
    for _ in $(seq 25); do
      sleep 0.2
      kill -0 "$pid" 2> /dev/null || { ends=yes; break; }
    done
    kill -KILL "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
    echo "$1: listeners $(cat listeners), ends at SIGTERM: $ends"
  )
}

observed=$(observe 3.19.16; observe 3.27.1)
echo "$observed"
[ "$observed" = "3.19.16: listeners 0, ends at SIGTERM: yes
3.27.1: listeners 1, ends at SIGTERM: no" ]
