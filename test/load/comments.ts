/*
 * npm run bench:comments [-- SOCKETS]
 *
 * Thousands of sockets in one show, and people commenting in it: what a delivery costs the server, as a ratio to a server of
 * nothing but `ws` that sends the same bytes to as many sockets in the same run (before and after). Prints; asserts nothing.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { joinShow, goLive, signIn, type ShowClient } from '../users.ts'
import { startServer } from '../server-process.ts'
import type { CrowdOrder, CrowdReport } from './comment-crowd.ts'
import { createProbe, type Probing } from './probed-process.ts'
import { cpuMicros } from './process-cost.ts'

const sockets = Number(process.argv[2] ?? 4000)
const crowdProcesses = 4
const commenters = 10
const commentsPerSecond = 10
const measureSeconds = 10
const tickMs = 100
const plenty = '1000000'

/** Per socket, after a collection: what the system gave, and what of it is alive on the heap. */
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

const sleep = async (ms: number) =>
  await new Promise<void>(resolve => {
    setTimeout(resolve, ms)
  })
const program = (name: string) => join(import.meta.dirname, name)

/** The crowd, in processes of its own. */
class Crowd {
  readonly #processes: ChildProcess[] = []

  /** Brings a socket for every token. */
  async come(url: string, showId: string | null, tokens: readonly string[]): Promise<void> {
    const share = Math.ceil(tokens.length / crowdProcesses)
    await Promise.all(
      Array.from({ length: crowdProcesses }, async (_, n) => {
        const child = fork(program('comment-crowd.ts'))
        this.#processes.push(child)
        child.send({ url, showId, tokens: tokens.slice(n * share, (n + 1) * share) } satisfies CrowdOrder)
        await once(child, 'message')
      })
    )
  }

  /** What arrived since this was asked before: how much, and what one of them got. */
  async report(): Promise<{ messages: number; sample: string[] }> {
    const reports = await Promise.all(
      this.#processes.map(async (child): Promise<CrowdReport> => {
        child.send('report')
        const [report] = await once(child, 'message')
        return report
      })
    )
    const told = reports.flatMap(report => ('messages' in report ? report : []))
    return { messages: told.reduce((sum, { messages }) => sum + messages, 0), sample: told[0]?.sample ?? [] }
  }

  leave(): void {
    for (const child of this.#processes) child.kill()
  }
}

function perSocket(before: Probing, after: Probing): Memory {
  return { residentKib: (after.rssKib - before.rssKib) / sockets, heapKib: (after.heapKib - before.heapKib) / sockets }
}

/** CPU and blocks of a process while something happens, less what it costs when nothing does. */
async function measure(
  name: string,
  pid: number,
  crowd: Crowd,
  memory: Memory,
  probe: Awaited<ReturnType<typeof createProbe>>,
  act: () => Promise<void>
): Promise<Cost> {
  const idleFrom = await cpuMicros(pid)
  await sleep(measureSeconds * 1000)
  const idleMicros = (await cpuMicros(pid)) - idleFrom
  await probe.ask(pid)
  await crowd.report()
  const [from, startedAt] = [await cpuMicros(pid), performance.now()]
  await act()
  await sleep(500)
  const idleShare = (performance.now() - startedAt) / (measureSeconds * 1000)
  const micros = (await cpuMicros(pid)) - from - idleMicros * idleShare
  const { messages, sample } = await crowd.report()
  const { blockedMs } = await probe.ask(pid)
  return { name, microsPerDelivery: micros / messages, deliveries: messages, memory, blockedMs, messages: sample }
}

async function product(): Promise<Cost> {
  const probe = await createProbe()
  const server = await startServer({
    ...probe.env,
    MEDIA_WORKERS: '1',
    MEDIA_LISTENERS_PER_WORKER: plenty,
    LIMIT_COMMENTS_PER_10S: plenty,
    LIMIT_EVENTS_PER_10S: plenty
  })
  const crowd = new Crowd()
  try {
    const { showId } = await goLive(server.url)
    const seats = await Promise.all(
      Array.from({ length: commenters }, async () => (await joinShow(server.url, showId)).client)
    )
    const tokens: string[] = []
    while (tokens.length < sockets) {
      tokens.push(
        ...(await Promise.all(
          Array.from(
            { length: Math.min(50, sockets - tokens.length) },
            async () => (await signIn(server.url, 'Listener')).token
          )
        ))
      )
    }
    const before = await probe.ask(server.pid)
    await crowd.come(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, showId, tokens)
    await sleep(3000)
    const after = await probe.ask(server.pid)
    return await measure(
      'Ambient',
      server.pid,
      crowd,
      perSocket(before, after),
      probe,
      async () => await comment(seats)
    )
  } finally {
    crowd.leave()
    await server.close()
  }
}

async function comment(seats: readonly ShowClient[]): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < commentsPerSecond * measureSeconds; n++) {
    const seat = seats[n % seats.length]
    if (seat) {
      sent.push(
        seat.request('comment:send', {
          clientId: `c${n}`,
          text: `Comment ${n}, about as long as what people write while they listen`
        })
      )
    }
    await sleep(1000 / commentsPerSecond)
  }
  await Promise.all(sent)
}

async function bareWs(name: string, messages: readonly string[]): Promise<Cost> {
  const probe = await createProbe()
  const child = fork(program('raw-broadcast.ts'), { env: { ...process.env, ...probe.env } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const pid = child.pid ?? 0
  const crowd = new Crowd()
  try {
    const before = await probe.ask(pid)
    await crowd.come(
      `ws://127.0.0.1:${port}`,
      null,
      Array.from({ length: sockets }, () => '')
    )
    const after = await probe.ask(pid)
    return await measure(name, pid, crowd, perSocket(before, after), probe, async () => {
      for (const message of messages) {
        child.send(message)
        await sleep(tickMs)
      }
    })
  } finally {
    crowd.leave()
    child.kill()
  }
}

function report({ name, microsPerDelivery, deliveries, memory, blockedMs, messages }: Cost): void {
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0) / messages.length
  console.log(
    `${name.padEnd(14)} ${microsPerDelivery.toFixed(2)} µs/delivery · ${deliveries} deliveries of ${Math.round(bytes)} bytes · ${memory.residentKib.toFixed(1)} KiB/socket (${memory.heapKib.toFixed(1)} alive on the heap) · longest block ${blockedMs.toFixed(1)} ms`
  )
}

console.log(
  `${sockets} sockets, ${commentsPerSecond} comments a second; load of the machine at the start ${loadavg()[0]?.toFixed(1)}`
)
const ours = await product()
report(ours)
const bares = [await bareWs('bare ws', ours.messages), await bareWs('bare ws again', ours.messages)]
bares.forEach(report)
const bare = bares.reduce((sum, { microsPerDelivery }) => sum + microsPerDelivery, 0) / bares.length
console.log(
  `ratio of server CPU per delivery, Ambient ÷ bare ws: ${(ours.microsPerDelivery / bare).toFixed(3)} (aim ≤ 1.15) · ${ours.memory.residentKib.toFixed(1)} KiB/socket (aim ≤ 20) · longest block ${ours.blockedMs.toFixed(0)} ms (aim ≤ 50)`
)
process.exit(0)
