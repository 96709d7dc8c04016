import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../server-process.ts'
import { goLive, joinShow, type ShowClient } from '../users.ts'
import { ClientProcesses, signInMany } from './client-processes.ts'
import { pinToCore, treeOf } from './cpu-time.ts'
import { createProbe, type Probe, type ProbeReport } from './probed-process.ts'
import { serverCore } from './sides/side.ts'

const commenters = 10
const commentsPerSecond = 10
/** An interval of pings. Pings follow the connections in time, so spread ones cost the same in each second. */
const connectOverMs = 10_000
const unlimited = '1000000'

/** A server with many connected clients. */
export interface MeasuredServer {
  readonly name: string
  readonly pid: number
  readonly probe: Probe
  readonly clients: ClientProcesses
  /** Memory per socket after a garbage collection: resident, and live on the heap. */
  readonly residentKib: number
  readonly heapKib: number
  /** Sends to all clients for this time. `messages`: what the other server has sent; a show sends new comments. */
  deliver(forMs: number, messages: readonly string[]): Promise<void>
  close(): Promise<void>
}

const perSocket = (sockets: number, before: ProbeReport, after: ProbeReport) => ({
  residentKib: (after.rssKib - before.rssKib) / sockets,
  heapKib: (after.heapKib - before.heapKib) / sockets
})

/** Moves a server to the core on which servers are measured. */
async function pinServer(pid: number): Promise<void> {
  for (const own of await treeOf(pid)) await pinToCore(own, serverCore)
}

/** Starts the server with one live show that this many sockets have joined. */
export async function startShow(sockets: number): Promise<MeasuredServer> {
  const probe = await createProbe()
  const server = await startServer({
    ...probe.env,
    MEDIA_WORKERS: '1',
    MEDIA_LISTENERS_PER_WORKER: unlimited,
    LIMIT_COMMENTS_PER_10S: unlimited,
    LIMIT_EVENTS_PER_10S: unlimited
  })
  await pinServer(server.pid)
  const clients = new ClientProcesses()
  const { showId } = await goLive(server.url)
  const authors = await Promise.all(
    Array.from({ length: commenters }, async () => (await joinShow(server.url, showId)).client)
  )
  const tokens = await signInMany(server.url, sockets)
  const before = await probe.report(server.pid)
  const url = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  await clients.connect(url, showId, tokens, { overMs: connectOverMs })
  await sleep(3000)
  return {
    name: 'Ambient',
    pid: server.pid,
    probe,
    clients,
    ...perSocket(sockets, before, await probe.report(server.pid)),
    deliver: async forMs => await sendComments(authors, forMs),
    async close() {
      clients.close()
      await server.close()
    }
  }
}

let commentCount = 0

async function sendComments(authors: readonly ShowClient[], forMs: number): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < (commentsPerSecond * forMs) / 1000; n++) {
    const author = authors[n % authors.length]
    const id = commentCount++
    const text = `Comment ${id}, about as long as what people write while they listen`
    if (author) sent.push(author.request('comment:send', { clientId: `c${id}`, text }))
    await sleep(1000 / commentsPerSecond)
  }
  await Promise.all(sent)
}

/** Starts a server of only `ws` with this many sockets. */
export async function startBareServer(sockets: number): Promise<MeasuredServer> {
  const probe = await createProbe()
  const child = fork(join(import.meta.dirname, 'raw-broadcast.ts'), { env: { ...process.env, ...probe.env } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const pid = child.pid ?? 0
  await pinServer(pid)
  const clients = new ClientProcesses()
  const before = await probe.report(pid)
  const tokens = Array.from({ length: sockets }, () => '')
  await clients.connect(`ws://127.0.0.1:${port}`, null, tokens, { overMs: connectOverMs })
  return {
    name: 'bare ws',
    pid,
    probe,
    clients,
    ...perSocket(sockets, before, await probe.report(pid)),
    async deliver(forMs, messages) {
      for (const message of messages) {
        child.send(message)
        await sleep(forMs / messages.length)
      }
    },
    async close() {
      clients.close()
      child.kill()
    }
  }
}
