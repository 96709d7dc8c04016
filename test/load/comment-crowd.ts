/*
 * One process of the crowd that test/load/comments.ts brings: many WebSockets that only count what they are told. It speaks
 * Socket.io's protocol by hand, as a client of its own would cost more than the server that is measured.
 * https://socket.io/docs/v4/socket-io-protocol/
 */
import { WebSocket } from 'ws'

/** Who comes, and where to. Without a show it is a plain WebSocket. */
export interface CrowdOrder {
  url: string
  showId: string | null
  tokens: string[]
}

/** What the crowd says: everybody is in; or what arrived since it was asked before. */
export type CrowdReport = { ready: true } | { messages: number; sample: string[] }

const arrivalsAtOnce = 50
let messages = 0
let sample: string[] = []

function count(text: string, isFirst: boolean): void {
  messages++
  if (isFirst) sample.push(text)
}

/** Resolves when this one is in and listens. */
async function come({ url, showId }: CrowdOrder, token: string, isFirst: boolean): Promise<void> {
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

process.on('message', async (order: CrowdOrder | 'report') => {
  if (order === 'report') {
    process.send?.({ messages, sample } satisfies CrowdReport)
    messages = 0
    sample = []
    return
  }
  for (let n = 0; n < order.tokens.length; n += arrivalsAtOnce) {
    await Promise.all(
      order.tokens.slice(n, n + arrivalsAtOnce).map(async (token, place) => await come(order, token, n + place === 0))
    )
  }
  process.send?.({ ready: true } satisfies CrowdReport)
})
