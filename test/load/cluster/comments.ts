import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../../../scripts/progress.ts'
import { goLive, joinShow, type ShowClient, type TestUser } from '../../users.ts'
import { ClientProcesses, signInMany } from '../client-processes.ts'
import { median, sum } from './figures.ts'
import type { Cpu, Setup } from './setups.ts'

/** The cost of comments to many sockets. */
export interface CommentCost {
  readonly name: string
  readonly sockets: number
  /** Of Node.js on all nodes per message to one socket, without what they cost idle; median of the turns. */
  readonly microsPerDelivery: number
  /** Of Redis per comment, without its idle cost; median of the turns. */
  readonly redisMicrosPerComment: number
  readonly redisPercent: number
  /** Servers without any comment, percent of a core. */
  readonly idlePercent: number
  readonly missing: number
}

export interface CommentOptions {
  sockets: number
  turns: number
  turnSeconds: number
}

const commentsPerSecond = 10
const commentersPerNode = 5
const settleMs = 700

interface Crowd {
  readonly setup: Setup
  readonly clients: ClientProcesses[]
  readonly authors: ShowClient[]
  /** Stays, because a show without its creator ends. */
  readonly host: ShowClient
  readonly creator: TestUser
  readonly showId: string
  readonly idle: Rate[]
  readonly results: Omit<CommentCost, 'name' | 'sockets' | 'idlePercent'>[]
}

/** CPU time per ms, µs. */
type Rate = Cpu

/** Measures the setups in turns, each idle and with comments of members on all nodes. */
export async function measureComments(setups: readonly Setup[], options: CommentOptions): Promise<CommentCost[]> {
  const crowds: Crowd[] = []
  try {
    for (const setup of setups) crowds.push(await openCrowd(setup, options.sockets))
    await sleep(settleMs)
    for (let turn = 0; turn < options.turns; turn++) {
      for (const crowd of crowds) await takeTurn(crowd, options)
      step(`comments: turn ${turn + 1} of ${options.turns}`)
    }
  } finally {
    for (const crowd of crowds) await endCrowd(crowd)
  }
  return crowds.map(({ setup, results, idle }) => ({
    name: setup.name,
    sockets: options.sockets,
    microsPerDelivery: median(results.map(({ microsPerDelivery }) => microsPerDelivery)),
    redisMicrosPerComment: median(results.map(({ redisMicrosPerComment }) => redisMicrosPerComment)),
    redisPercent: median(results.map(({ redisPercent }) => redisPercent)),
    idlePercent: median(idle.map(({ servers }) => servers / 10)),
    missing: sum(results.map(({ missing }) => missing))
  }))
}

async function openCrowd(setup: Setup, sockets: number): Promise<Crowd> {
  const { creator, client, showId } = await goLive(setup.nodes[0].url)
  const crowd: Crowd = { setup, clients: [], authors: [], host: client, creator, showId, idle: [], results: [] }
  const perNode = sockets / setup.nodes.length
  for (const { url } of setup.nodes) {
    for (let n = 0; n < commentersPerNode; n++) crowd.authors.push((await joinShow(url, showId)).client)
    const clients = new ClientProcesses()
    crowd.clients.push(clients)
    const tokens = await signInMany(url, perNode)
    await clients.connect(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, showId, tokens)
    step(`comments: ${perNode} sockets at one node of ${setup.name}`)
  }
  return crowd
}

async function endCrowd({ clients, authors, host, creator, showId }: Crowd): Promise<void> {
  for (const one of clients) one.close()
  for (const one of [host, ...authors]) one.disconnect()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
}

async function rateDuring(setup: Setup, task: () => Promise<unknown>): Promise<{ used: Cpu; tookMs: number }> {
  const [before, startedAt] = [await setup.cpu(), performance.now()]
  await task()
  const [after, tookMs] = [await setup.cpu(), performance.now() - startedAt]
  return { used: { servers: after.servers - before.servers, redis: after.redis - before.redis }, tookMs }
}

async function takeTurn(crowd: Crowd, { turnSeconds, sockets }: CommentOptions): Promise<void> {
  const { setup, clients, authors } = crowd
  const resting = await rateDuring(setup, async () => await sleep(turnSeconds * 1000))
  const idle: Rate = { servers: resting.used.servers / resting.tookMs, redis: resting.used.redis / resting.tookMs }
  crowd.idle.push(idle)
  await reports(clients)
  const { used, tookMs } = await rateDuring(setup, async () => {
    await sendComments(authors, turnSeconds)
    await sleep(settleMs)
  })
  const { messages, comments } = await reports(clients)
  const sent = turnSeconds * commentsPerSecond
  crowd.results.push({
    microsPerDelivery: (used.servers - idle.servers * tookMs) / messages,
    redisMicrosPerComment: (used.redis - idle.redis * tookMs) / sent,
    redisPercent: used.redis / tookMs / 10,
    missing: Math.max(0, sent - comments) * sockets
  })
}

async function sendComments(authors: readonly ShowClient[], seconds: number): Promise<void> {
  const sent: (Promise<unknown> | undefined)[] = []
  const startedAt = performance.now()
  for (let n = 0; n < commentsPerSecond * seconds; n++) {
    const text = `Comment ${n}, about as long as what people write while they listen`
    const author = authors[n % authors.length]
    const sending = author?.request('comment:send', { clientId: `c${startedAt}-${n}`, text })
    // Its error is thrown below.
    sending?.catch(() => {})
    sent.push(sending)
    await sleep(Math.max(0, startedAt + ((n + 1) * 1000) / commentsPerSecond - performance.now()))
  }
  await Promise.all(sent)
}

/** All messages since the last report, and the number of comments that one socket got. */
async function reports(clients: readonly ClientProcesses[]): Promise<{ messages: number; comments: number }> {
  const all = await Promise.all(clients.map(async one => await one.report()))
  const comments = all.map(({ sample }) => sample.reduce((count, text) => count + commentsIn(text), 0))
  return { messages: sum(all.map(({ messages }) => messages)), comments: Math.min(...comments) }
}

function commentsIn(text: string): number {
  const [, { comments }]: [string, { comments: unknown[] }] = JSON.parse(text.slice(text.indexOf('[')))
  return comments.length
}
