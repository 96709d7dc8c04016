/*
 * npm run bench:nginx [-- SOCKETS]
 *
 * Thousands of idle listeners in one show, through NGINX and TLS. Prints what NGINX costs, and how long a comment takes
 * to reach all of them after four rounds of pings. Fails when a client cannot connect, or the comment does not reach
 * it.
 */
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinShow, goLive } from '../users.ts'
import { startBehind, type Behind } from '../nginx/behind.ts'
import { ClientProcesses, signInMany } from './client-processes.ts'
import { childrenOf, cpuMicros, residentKib } from './process-cost.ts'

const sockets = Number(process.argv[2] ?? 4000)
const idleMs = 45_000
const deliveryTimeoutMs = 30_000
const unlimited = '1000000'

/** Returns the CPU time and memory of NGINX's workers together. */
async function costOf({ front }: Behind): Promise<{ micros: number; kib: number }> {
  const workers = await childrenOf(front.pid, 'nginx')
  const [micros, kib] = await Promise.all([Promise.all(workers.map(cpuMicros)), Promise.all(workers.map(residentKib))])
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
  return { micros: sum(micros), kib: sum(kib) }
}

console.log(`${sockets} sockets through NGINX and TLS; load at the start ${loadavg()[0]?.toFixed(1)}`)
const behind = await startBehind({ server: { MEDIA_WORKERS: '1', MEDIA_LISTENERS_PER_WORKER: unlimited } })
const { showId } = await goLive(behind.url)
const { client } = await joinShow(behind.url, showId, 'Author')
const tokens = await signInMany(behind.url, sockets)
const before = await costOf(behind)
const connectingFrom = performance.now()
const clients = new ClientProcesses()
await clients.connect(
  `${behind.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&showId=${showId}`,
  showId,
  tokens,
  { env: { NODE_EXTRA_CA_CERTS: join(behind.front.folder, 'tls', 'ca.crt') } }
)
console.log(`all connected after ${Math.round(performance.now() - connectingFrom)} ms`)
const connected = await costOf(behind)
await sleep(idleMs)
const idle = await costOf(behind)
const connectionKib = (connected.kib - before.kib) / sockets
const connectionCpuMs = (connected.micros - before.micros) / sockets / 1000
const idlePercent = (idle.micros - connected.micros) / idleMs / 10
console.log(
  [
    `NGINX: ${connectionKib.toFixed(1)} KiB and ${connectionCpuMs.toFixed(2)} ms CPU for each connection`,
    `${idlePercent.toFixed(1)} % of a core while ${sockets} are idle`
  ].join(' · ')
)
await clients.report()
const sentAt = performance.now()
await client.request('comment:send', { clientId: 'c1', text: 'Are you all still there?' })
let reached = 0
while (reached < sockets && performance.now() - sentAt < deliveryTimeoutMs) {
  reached += (await clients.report()).messages
}
const deliveryMs = Math.round(performance.now() - sentAt)
console.log(
  [
    `after ${idleMs / 1000} s a comment reached ${reached} of ${sockets}, the last after ${deliveryMs} ms`,
    `load at the end ${loadavg()[0]?.toFixed(1)}`
  ].join(' · ')
)
clients.close()
await behind.close()
process.exit(reached === sockets ? 0 : 1)
