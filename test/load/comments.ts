/*
 * npm run bench:comments [-- SOCKETS] [-- --json]
 *
 * Thousands of sockets in one show that comments, and as many at a server of only `ws`. In turns, comments are sent in
 * the show, and the other server sends the same bytes. Prints the CPU time of one delivery at both, and their ratio.
 * Asserts nothing.
 */
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { printRows } from './bench-rows.ts'
import type { ClientProcesses } from './client-processes.ts'
import { startBareServer, startShow, type MeasuredServer } from './comment-servers.ts'
import { cpuTimeMicros, pinToCore } from './cpu-time.ts'
import { median } from './median.ts'
import { loadCore } from './sides/side.ts'

const sockets = Number(process.argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 4000)
const rounds = 5
const deliverMs = 4000
/** Several rounds of what a server does for idle sockets, which is not the same in each second. */
const idleMs = 5000
/** Time in which the last messages of a turn arrive, at most. */
const arriveTimeoutMs = 5000

interface Turn {
  /** CPU time of the server, with what it would have used without deliveries. */
  micros: number
  elapsedMicros: number
  deliveries: number
  blockedMs: number
  messages: string[]
}

/** Waits until all clients got as many messages as the first one. */
async function arrived(clients: ClientProcesses): Promise<{ messages: number; sample: string[] }> {
  const until = performance.now() + arriveTimeoutMs
  const all = { messages: 0, sample: [] as string[] }
  do {
    await sleep(500)
    const { messages, sample } = await clients.report()
    all.messages += messages
    all.sample.push(...sample)
  } while (all.messages < all.sample.length * sockets && performance.now() < until)
  return all
}

/** Measures CPU and blocks of a server while it delivers. */
async function measureTurn(
  { pid, clients, probe, deliver }: MeasuredServer,
  messages: readonly string[]
): Promise<Turn> {
  await probe.report(pid)
  await clients.report()
  const [from, startedAt] = [await cpuTimeMicros(pid), performance.now()]
  await deliver(deliverMs, messages)
  const { messages: deliveries, sample } = await arrived(clients)
  const elapsedMicros = (performance.now() - startedAt) * 1000
  const micros = (await cpuTimeMicros(pid)) - from
  const { blockedMs } = await probe.report(pid)
  return { micros, elapsedMicros, deliveries, blockedMs, messages: sample }
}

/** Returns the CPU times of a delivery in all turns, without the cost of the idle server. */
function microsPerDelivery(turns: readonly Turn[], idleShares: readonly number[]): number[] {
  const idleShare = median(idleShares)
  return turns.map(({ micros, elapsedMicros, deliveries }) => (micros - idleShare * elapsedMicros) / deliveries)
}

/** Returns the shares of a core that the idle servers use. */
async function measureIdle(servers: readonly MeasuredServer[]): Promise<number[]> {
  const from = await Promise.all(servers.map(async ({ pid }) => await cpuTimeMicros(pid)))
  await sleep(idleMs)
  const until = await Promise.all(servers.map(async ({ pid }) => await cpuTimeMicros(pid)))
  return until.map((micros, n) => (micros - (from[n] ?? NaN)) / (idleMs * 1000))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function report(
  { name, residentKib, heapKib }: MeasuredServer,
  turns: readonly Turn[],
  micros: readonly number[]
): void {
  const messages = turns.flatMap(turn => turn.messages)
  const bytes = mean(messages.map(message => Buffer.byteLength(message)))
  console.log(
    [
      `${name.padEnd(8)} ${median(micros).toFixed(2)} µs/delivery (${micros.map(one => one.toFixed(2)).join(', ')})`,
      `${turns.reduce((sum, { deliveries }) => sum + deliveries, 0)} deliveries of ${Math.round(bytes)} bytes`,
      `${residentKib.toFixed(1)} KiB/socket (${heapKib.toFixed(1)} live on the heap)`,
      `longest block ${Math.max(...turns.map(({ blockedMs }) => blockedMs)).toFixed(1)} ms`
    ].join(' · ')
  )
}

console.log(`${sockets} sockets at each server; load at the start ${loadavg()[0]?.toFixed(1)}`)
await pinToCore(process.pid, loadCore)
const [show, bare] = await Promise.all([startShow(sockets), startBareServer(sockets)])
const ours: Turn[] = []
const bares: Turn[] = []
const idleShares: { ours: number[]; bare: number[] } = { ours: [], bare: [] }
try {
  for (let round = 0; round < rounds; round++) {
    const [showIdle = NaN, bareIdle = NaN] = await measureIdle([show, bare])
    idleShares.ours.push(showIdle)
    idleShares.bare.push(bareIdle)
    const turn = await measureTurn(show, [])
    ours.push(turn)
    bares.push(await measureTurn(bare, turn.messages))
  }
} finally {
  await bare.close()
  await show.close()
}
const [ourMicros, bareMicros] = [microsPerDelivery(ours, idleShares.ours), microsPerDelivery(bares, idleShares.bare)]
report(show, ours, ourMicros)
report(bare, bares, bareMicros)
const ratio = median(ourMicros.map((micros, n) => micros / (bareMicros[n] ?? NaN)))
console.log(`CPU of a delivery, Ambient ÷ bare ws: ${ratio.toFixed(3)} (aim ≤ 1.10)`)
printRows([
  {
    row: 6,
    name: `comment delivery ÷ bare ws, ${sockets} sockets`,
    value: ratio,
    unit: '',
    target: 1.1,
    atMost: true
  }
])
process.exit(0)
