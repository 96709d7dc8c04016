#!/usr/bin/env bash
# NGINX 1.22.1 keeps an upstream server half shut after it has recovered, as long as its connections are WebSockets. A
# server that failed once (max_fails=1) is given one new connection in each fail_timeout, until one of those connections
# has ended: only the end of a connection clears the failure. Requests of HTTP end at once, so nobody notices; WebSockets
# last for hours. When the other servers refuse meanwhile (a rolling restart), clients get 502 "no live upstreams" from a
# healthy server. One would expect the server to be back after fail_timeout. max_fails=0 avoids it.
#
# One server stops and starts again, the other refuses all. After twice the fail_timeout of 2 s, five WebSockets open one
# after the other within it. Observed with NGINX 1.22.1 of Debian 12 and ws 8.18.3 of npm:
#   max_fails=1: 1 of 5 opened
#   max_fails=0: 5 of 5 opened
# Needs nginx, node and npm. Exits with 1 when the output differs.
set -euo pipefail

nginx=$(command -v nginx || echo /usr/sbin/nginx)
folder=$(mktemp -d)
trap 'if [[ -s $folder/nginx.pid ]]; then kill "$(cat "$folder/nginx.pid")"; fi; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-save --ignore-scripts --no-audit --no-fund ws@8.18.3
echo "$("$nginx" -v 2>&1)"

cat > try.mjs << 'JAVASCRIPT'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'

const failTimeoutMs = 2000
const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})
const [port, recovering, refusing] = [await freePort(), await freePort(), await freePort()]

async function tryWith(maxFails) {
  const upstream = at => `server 127.0.0.1:${at} max_fails=${maxFails} fail_timeout=${failTimeoutMs / 1000}s;`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${name};`)
  writeFileSync('nginx.conf', `
    daemon off; pid nginx.pid; error_log stderr emerg; worker_processes 1; events {}
    http {
      access_log off; ${temporary.join(' ')}
      upstream nodes { ${upstream(recovering)} ${upstream(refusing)} }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://nodes; proxy_http_version 1.1;
          proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
        }
      }
    }`)
  const nginx = spawn(process.argv[2], ['-p', process.cwd(), '-c', 'nginx.conf'], { stdio: ['ignore', 'ignore', 'inherit'] })
  const isListening = () => new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
  })
  while (!(await isListening())) await pause(50)
  const opens = () => new Promise(resolve => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    socket.once('open', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
  await opens() // Both servers are away: each has failed.
  const server = new WebSocketServer({ host: '127.0.0.1', port: recovering })
  await pause(2 * failTimeoutMs)
  const sockets = []
  for (let n = 0; n < 5; n++) {
    sockets.push(await opens())
    await pause(100)
  }
  console.log(`max_fails=${maxFails}: ${sockets.filter(Boolean).length} of 5 opened`)
  for (const socket of sockets) socket?.terminate()
  const ended = new Promise(resolve => nginx.once('exit', resolve))
  nginx.kill()
  await ended
  await new Promise(resolve => server.close(resolve))
}

await tryWith(1)
await tryWith(0)
JAVASCRIPT

node try.mjs "$nginx" | tee output
diff - output << 'EXPECTED'
max_fails=1: 1 of 5 opened
max_fails=0: 5 of 5 opened
EXPECTED
