#!/usr/bin/env bash
# After `SENTINEL FAILOVER` of Redis 7.0, with all servers up, the old primary goes on taking writes for about 10 s;
# what it answered with OK is gone then. ioredis 5.9.3 (as configured by default) and redis-py 8.1.0 stay there for
# that time.
#
# The command is for planned work on a healthy primary, and takes a second or so to make the replica the primary. A
# good engineer would guess that the sentinel makes the old one a replica at once, and closes its connections then, as
# its guide for clients says. It does so some ten seconds later. Only clients that listen to `+switch-master` of the
# sentinels change over in time: node-redis 6.3.1 does, ioredis with `failoverDetector: true` (which needs
# `sentinelReconnectStrategy` as well to outlive a restart of the sentinel). The same holds for a primary that stopped
# for a while and goes on; one whose machine is gone without a word keeps the others on a dead connection.
# `min-replicas-to-write` avoids the loss, and with one replica refuses all writes meanwhile.
#
# Four clients write every 20 ms around a failover. Prints for how long they wrote what is not in the new primary.
# Needs redis-server 7.0 (Debian package), Node.js 20 or newer and Python 3.10 or newer. Exits with 1 when the output
# differs. Observed (the times were 11.2, 11.2, 0.9 and 0.9 s):
#   ioredis: lost writes of more than 5 s
#   redis-py: lost writes of more than 5 s
#   ioredis with failoverDetector: lost writes of less than 5 s
#   node-redis: lost writes of less than 5 s
set -euo pipefail

redis-server --version | grep -q 'v=7\.0\.' || { echo 'needs redis-server 7.0' >&2; exit 1; }
folder=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do
    kill -9 "$pid" || true
    wait "$pid" || true
  done 2> /dev/null
  rm -rf "$folder"
}
trap 'stop' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent ioredis@5.9.3 redis@6.3.1
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check redis==8.1.0

read -r first second sentinel < <(node --eval '
  const { createServer } = require("node:net")
  const servers = [createServer(), createServer(), createServer()]
  let open = servers.length
  for (const server of servers) server.listen(0, "127.0.0.1", () => {
    if (--open > 0) return
    console.log(servers.map(server => server.address().port).join(" "))
    for (const server of servers) server.close()
  })')
for port in "$first" "$second"; do
  replicaof=()
  [[ $port == "$first" ]] || replicaof=(--replicaof 127.0.0.1 "$first")
  redis-server --bind 127.0.0.1 --port "$port" --save '' --dir "$folder" --repl-diskless-sync-delay 0 \
    "${replicaof[@]}" > "redis-$port.log" &
  pids+=($!)
done
cat > sentinel.conf <<CONF
bind 127.0.0.1
port $sentinel
dir $folder
sentinel monitor primary 127.0.0.1 $first 1
sentinel down-after-milliseconds primary 5000
sentinel failover-timeout primary 30000
CONF
redis-server sentinel.conf --sentinel > sentinel.log &
pids+=($!)

cat > writer.py <<'PY'
import sys
import time
from redis.exceptions import RedisError
from redis.sentinel import Sentinel

sentinel, seconds = int(sys.argv[1]), int(sys.argv[2])
primary = Sentinel([("127.0.0.1", sentinel)], socket_timeout=1).master_for("primary", socket_timeout=1)
start = time.monotonic()
n = 0
while (now := time.monotonic() - start) < seconds:
    n += 1
    try:
        primary.set(f"redis-py:{n}", 1)
        print(n, now)
    except RedisError:
        pass
    time.sleep(0.02)
PY
cat > probe.mjs <<'JS'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { createSentinel } from 'redis'

const port = Number(process.argv[2])
const seconds = 20
const place = { host: '127.0.0.1', port }
const ignore = () => {}

const watcher = new Redis({ ...place, retryStrategy: () => 200 }).on('error', ignore)
for (let attempt = 0; ; attempt++) {
  const replicas = await watcher.call('SENTINEL', 'REPLICAS', 'primary').catch(() => [])
  if (JSON.stringify(replicas).includes('"master-link-status","ok"')) break
  if (attempt === 300) throw new Error('the replica does not synchronize')
  await sleep(200)
}

const options = { sentinels: [place], name: 'primary', enableOfflineQueue: false }
const plain = new Redis(options).on('error', ignore)
const detecting = new Redis({ ...options, failoverDetector: true }).on('error', ignore)
const other = await createSentinel({ name: 'primary', sentinelRootNodes: [place] }).on('error', ignore).connect()
await Promise.all([plain, detecting].map(async client => client.status === 'ready' || (await once(client, 'ready'))))

/** Writes for the time of the probe. Returns the keys that were answered with OK, with the time of each, s. */
async function write(name, set) {
  const stored = []
  const start = performance.now()
  for (let n = 1; performance.now() - start < seconds * 1000; n++) {
    const at = (performance.now() - start) / 1000
    await set(`${name}:${n}`).then(() => stored.push([`${name}:${n}`, at]), ignore)
    await sleep(20)
  }
  return stored
}

const python = spawn('env/bin/python', ['-u', 'writer.py', String(port), String(seconds)], {
  stdio: ['ignore', 'pipe', 'inherit']
})
await once(python.stdout, 'readable')

async function readPython() {
  const lines = (await text(python.stdout)).trim().split('\n')
  return lines.map(line => line.split(' ')).map(([n, at]) => [`redis-py:${n}`, Number(at)])
}

const writers = {
  ioredis: write('ioredis', key => plain.set(key, 1)),
  'redis-py': readPython(),
  'ioredis with failoverDetector': write('detecting', key => detecting.set(key, 1)),
  'node-redis': write('node-redis', key => other.set(key, '1'))
}
await sleep(2000)
await watcher.call('SENTINEL', 'FAILOVER', 'primary')
const written = Object.fromEntries(
  await Promise.all(Object.entries(writers).map(async ([name, stored]) => [name, await stored]))
)
const [, newPort] = await watcher.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'primary')
const primary = new Redis({ host: '127.0.0.1', port: Number(newPort) })
for (const [name, stored] of Object.entries(written)) {
  const lost = []
  for (const [key, at] of stored) if (!(await primary.exists(key))) lost.push(at)
  const time = lost.length === 0 ? 0 : lost.at(-1) - lost[0]
  console.error(`${name}: ${lost.length} of ${stored.length} writes lost in ${time.toFixed(1)} s`)
  console.log(`${name}: lost writes of ${time > 5 ? 'more' : 'less'} than 5 s`)
}
process.exit()
JS

observed=$(node probe.mjs "$sentinel")
echo "$observed"
[ "$observed" = "ioredis: lost writes of more than 5 s
redis-py: lost writes of more than 5 s
ioredis with failoverDetector: lost writes of less than 5 s
node-redis: lost writes of less than 5 s" ]
