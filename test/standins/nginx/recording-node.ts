import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a node received it. */
export interface RecordedRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
  bodyBytes: number
}

/** The response of a recording node. */
export interface NodeResponse {
  status?: number
  headers?: Record<string, string>
  body?: string
}

/** A stand-in for a node, which records the requests and connections that reach it. */
export interface RecordingNode {
  readonly url: string
  readonly requests: RecordedRequest[]
  /** Number of connections so far. */
  readonly connections: number
  /** Returns the response to a request. A test can replace it. */
  answer: (request: RecordedRequest) => NodeResponse
  close(): Promise<void>
}

export async function startRecordingNode(port = 0): Promise<RecordingNode> {
  const requests: RecordedRequest[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const recorded: RecordedRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      bodyBytes: 0
    }
    requests.push(recorded)
    request.on('data', (chunk: Buffer) => {
      recorded.bodyBytes += chunk.length
    })
    request.on('end', () => {
      const { status = 200, headers = { 'content-type': 'application/json' }, body = '{}' } = node.answer(recorded)
      response.writeHead(status, headers).end(body)
    })
  })
  server.on('connection', () => {
    connections++
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const node: RecordingNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
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
