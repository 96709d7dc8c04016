/*
 * npm run bench:comments [-- SOCKETS]
 *
 * Thousands of sockets in one show that comments. Prints what one delivery costs the server, as a ratio to a server of
 * only `ws` that sends the same bytes to as many sockets in the same run, afterwards. Prints; asserts nothing.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinShow, goLive, type ShowClient } from '../users.ts'
import { startServer } from '../server-process.ts'
import { ClientProcesses, signInMany } from './client-processes.ts'
import { createProbe, type ProbeReport } from './probed-process.ts'
import { cpuMicros } from './process-cost.ts'

const sockets = Number(process.argv[2] ?? 4000)
const commenters = 10
const commentsPerSecond = 10
const measureSeconds = 10
const tickMs = 100
const unlimited = '1000000'

/** Memory per socket after a garbage collection: resident, and live on the heap. */
interface Memory {
  residentKib: number
  heapKib: number
}

interface Cost {
  name: string
  microsPerDelivery: number
  deliveries: number
  memory: Memory
  blockedMs: number
  messages: string[]
}

function perSocket(before: ProbeReport, after: ProbeReport): Memory {
  return { residentKib: (after.rssKib - before.rssKib) / sockets, heapKib: (after.heapKib - before.heapKib) / sockets }
}

/** A process to measure, and the clients that are connected to it. */
interface Measurement {
  name: string
  pid: number
  clients: ClientProcesses
  memory: Memory
  probe: Awaited<ReturnType<typeof createProbe>>
}

/** Measures CPU and blocks of a process during `deliver`, without the cost of the idle process. */
async function measure(
  { name, pid, clients, memory, probe }: Measurement,
  deliver: () => Promise<void>
): Promise<Cost> {
  const idleFrom = await cpuMicros(pid)
  await sleep(measureSeconds * 1000)
  const idleMicros = (await cpuMicros(pid)) - idleFrom
  await probe.report(pid)
  await clients.report()
  const [from, startedAt] = [await cpuMicros(pid), performance.now()]
  await deliver()
  await sleep(500)
  const idleShare = (performance.now() - startedAt) / (measureSeconds * 1000)
  const micros = (await cpuMicros(pid)) - from - idleMicros * idleShare
  const { messages, sample } = await clients.report()
  const { blockedMs } = await probe.report(pid)
  return { name, microsPerDelivery: micros / messages, deliveries: messages, memory, blockedMs, messages: sample }
}

async function measureAmbient(): Promise<Cost> {
  const probe = await createProbe()
  const server = await startServer({
    ...probe.env,
    MEDIA_WORKERS: '1',
    MEDIA_LISTENERS_PER_WORKER: unlimited,
    LIMIT_COMMENTS_PER_10S: unlimited,
    LIMIT_EVENTS_PER_10S: unlimited
  })
  const clients = new ClientProcesses()
  try {
    const { showId } = await goLive(server.url)
    const authors = await Promise.all(
      Array.from({ length: commenters }, async () => (await joinShow(server.url, showId)).client)
    )
    const tokens = await signInMany(server.url, sockets)
    const before = await probe.report(server.pid)
    await clients.connect(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, showId, tokens)
    await sleep(3000)
    const after = await probe.report(server.pid)
    const memory = perSocket(before, after)
    return await measure(
      { name: 'Ambient', pid: server.pid, clients, memory, probe },
      async () => await sendComments(authors)
    )
  } finally {
    clients.close()
    await server.close()
  }
}

async function sendComments(authors: readonly ShowClient[]): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < commentsPerSecond * measureSeconds; n++) {
    const author = authors[n % authors.length]
    if (author) {
      sent.push(
        author.request('comment:send', {
          clientId: `c${n}`,
          text: `Comment ${n}, about as long as what people write while they listen`
        })
      )
    }
    await sleep(1000 / commentsPerSecond)
  }
  await Promise.all(sent)
}

async function measureBareWs(name: string, messages: readonly string[]): Promise<Cost> {
  const probe = await createProbe()
  const child = fork(join(import.meta.dirname, 'raw-broadcast.ts'), { env: { ...process.env, ...probe.env } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const pid = child.pid ?? 0
  const clients = new ClientProcesses()
  try {
    const before = await probe.report(pid)
    const tokens = Array.from({ length: sockets }, () => '')
    await clients.connect(`ws://127.0.0.1:${port}`, null, tokens)
    const after = await probe.report(pid)
    return await measure({ name, pid, clients, memory: perSocket(before, after), probe }, async () => {
      for (const message of messages) {
        child.send(message)
        await sleep(tickMs)
      }
    })
  } finally {
    clients.close()
    child.kill()
  }
}

function report({ name, microsPerDelivery, deliveries, memory, blockedMs, messages }: Cost): void {
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0) / messages.length
  console.log(
    [
      `${name.padEnd(14)} ${microsPerDelivery.toFixed(2)} µs/delivery`,
      `${deliveries} deliveries of ${Math.round(bytes)} bytes`,
      `${memory.residentKib.toFixed(1)} KiB/socket (${memory.heapKib.toFixed(1)} live on the heap)`,
      `longest block ${blockedMs.toFixed(1)} ms`
    ].join(' · ')
  )
}

console.log(
  `${sockets} sockets, ${commentsPerSecond} comments per second; load at the start ${loadavg()[0]?.toFixed(1)}`
)
const ours = await measureAmbient()
report(ours)
const bares = [await measureBareWs('bare ws', ours.messages), await measureBareWs('bare ws again', ours.messages)]
bares.forEach(report)
const bare = bares.reduce((sum, { microsPerDelivery }) => sum + microsPerDelivery, 0) / bares.length
console.log(
  [
    `ratio of server CPU per delivery, Ambient ÷ bare ws: ${(ours.microsPerDelivery / bare).toFixed(3)} (aim ≤ 1.15)`,
    `${ours.memory.residentKib.toFixed(1)} KiB/socket (aim ≤ 20)`,
    `longest block ${ours.blockedMs.toFixed(0)} ms (aim ≤ 50)`
  ].join(' · ')
)
process.exit(0)
