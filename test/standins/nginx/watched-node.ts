import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a node got it. */
export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  bodyBytes: number
}

/** What a watched node answers. */
export interface Answered {
  status?: number
  headers?: Record<string, string>
  body?: string
}

/** In place of a node: answers as it is told and keeps what reached it, down to connections and bytes. */
export interface WatchedNode {
  readonly url: string
  readonly seen: Seen[]
  readonly connections: number
  answer: (seen: Seen) => Answered
  close(): Promise<void>
}

export async function watchNode(port = 0): Promise<WatchedNode> {
  const seen: Seen[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const one: Seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, bodyBytes: 0 }
    seen.push(one)
    request.on('data', (chunk: Buffer) => {
      one.bodyBytes += chunk.length
    })
    request.on('end', () => {
      const { status = 200, headers = { 'content-type': 'application/json' }, body = '{}' } = node.answer(one)
      response.writeHead(status, headers).end(body)
    })
  })
  server.on('connection', () => {
    connections++
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const node: WatchedNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get connections() {
      return connections
    },
    answer: () => ({}),
    async close() {
      server.closeAllConnections()
      if (server.listening) await once(server.close(), 'close')
    }
  }
  return node
}
