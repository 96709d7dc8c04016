/*
 * node test/load/live-values.ts [SOCKETS]
 *
 * Measures the cost of live values for a server with thousands of sockets in one show: its CPU while nothing changes,
 * and while somebody connects or disconnects several times per second, so that every broadcast reaches every socket.
 * Prints; asserts nothing.
 */
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { goLive, signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { ClientProcesses, signInMany } from './client-processes.ts'
import { createProbe } from './probed-process.ts'
import { cpuMicros } from './process-cost.ts'

const sockets = Number(process.argv[2] ?? 4000)
const measureMs = 15_000
/** The server is busy for a while after the joins. */
const settleMs = 15_000
const rounds = 2
const changeMs = 250
const unlimited = '1000000'

const probe = await createProbe()
const server = await startServer({
  ...probe.env,
  MEDIA_WORKERS: '1',
  MEDIA_LISTENERS_PER_WORKER: unlimited,
  LIMIT_SOCKETS_PER_PERSON: unlimited
})
const clients = new ClientProcesses()

/** Measures the share of a core, in percent, and the longest block of the event loop, ms. */
async function measure(name: string, act: (untilMs: number) => Promise<void>): Promise<void> {
  await probe.report(server.pid)
  const [from, startedAtMs] = [await cpuMicros(server.pid), performance.now()]
  await act(startedAtMs + measureMs)
  const percent = ((await cpuMicros(server.pid)) - from) / (performance.now() - startedAtMs) / 10
  const { blockedMs } = await probe.report(server.pid)
  console.log(`${name}: ${percent.toFixed(2)} % of a core, blocked ${blockedMs.toFixed(1)} ms at most`)
}

console.log(`${sockets} sockets; load at the start ${loadavg()[0]?.toFixed(1)}`)
const { showId } = await goLive(server.url)
const tokens = await signInMany(server.url, sockets)
await clients.connect(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, showId, tokens)
const somebody = await signIn(server.url, 'Somebody')
await sleep(settleMs)
for (let round = 0; round < rounds; round++) {
  await measure('nothing changes', async untilMs => await sleep(untilMs - performance.now()))
  await measure('somebody comes or goes every 250 ms', async untilMs => {
    while (performance.now() < untilMs) {
      const client = await somebody.connect()
      await sleep(changeMs)
      client.disconnect()
      await sleep(changeMs)
    }
  })
}
console.log(`load at the end ${loadavg()[0]?.toFixed(1)}`)
clients.close()
await server.close()
process.exit(0)
