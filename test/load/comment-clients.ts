/*
 * One process of clients for test/load/comments.ts and idle-sockets.ts: many WebSockets that only count messages. It
 * implements Socket.io's protocol itself, because real clients would cost more than the server that is measured.
 * https://socket.io/docs/v4/socket-io-protocol/
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** Connect one client for each token. Without a show, the clients are plain WebSockets. */
export interface ConnectOrder {
  url: string
  showId: string | null
  tokens: string[]
  /** Time over which the connections are spread. */
  overMs: number
}

/** All clients are connected; or what arrived since the last report, and the messages of the first client. */
export type ClientsReport = { ready: true } | { messages: number; sample: string[] }

const connectsAtOnce = 50
let messages = 0
let sample: string[] = []

function count(text: string, isFirst: boolean): void {
  messages++
  if (isFirst) sample.push(text)
}

/** Connects one client; resolves when it has joined the show. */
async function connect({ url, showId }: ConnectOrder, token: string, isFirst: boolean): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('a socket was closed')))
    if (showId === null) socket.on('open', resolve)
    socket.on('message', data => {
      const text = String(data)
      if (showId === null || text.startsWith('42["comments"')) return count(text, isFirst)
      if (text === '2') socket.send('3')
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['show:join', { showId }])}`)
      else if (text.startsWith('430')) resolve()
      else if (text.startsWith('44')) reject(new Error(text))
    })
  })
}

process.on('message', async (order: ConnectOrder | 'report') => {
  if (order === 'report') {
    process.send?.({ messages, sample } satisfies ClientsReport)
    messages = 0
    sample = []
    return
  }
  const startedAt = performance.now()
  for (let n = 0; n < order.tokens.length; n += connectsAtOnce) {
    await sleep(Math.max(0, startedAt + (order.overMs * n) / order.tokens.length - performance.now()))
    await Promise.all(
      order.tokens
        .slice(n, n + connectsAtOnce)
        .map(async (token, index) => await connect(order, token, n + index === 0))
    )
  }
  process.send?.({ ready: true } satisfies ClientsReport)
})
