import { STATUS_CODES, ServerResponse, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CodedError, errorTable, toWireError } from '../../contract/errors.ts'

export interface AdmissionParts {
  isDraining(): boolean
  /** Maximum number of open connections; undefined for no limit. */
  maxSockets: number | undefined
  onRefused(reason: 'draining' | 'full'): void
}

/** The part of the Engine.IO server that is used here. */
export interface ConnectionServer {
  readonly clientsCount: number
  use(middleware: (request: IncomingMessage, response: object, next: () => void) => void): void
}

export interface Admission {
  /** Whether a further connection would be refused because of their number. */
  isFull(): boolean
}

const retryAfterMs = { draining: 1000, full: 5000 }
const messages = {
  draining: 'The server is about to stop; connect again in a moment.',
  full: 'The server is full; connect again in a moment.'
}

/**
 * Answers a new connection 503 while the server drains or is full. This happens before the upgrade to WebSocket, when
 * a proxy can still go to another node. Connections that are open stay open.
 */
export function admitConnections(server: ConnectionServer, parts: AdmissionParts): Admission {
  const isFull = () => parts.maxSockets !== undefined && server.clientsCount >= parts.maxSockets

  // Engine.IO checks and counts a connection in the turn of its request, so the number cannot be exceeded.
  server.use((request, response, next) => {
    const reason = parts.isDraining() ? 'draining' : isFull() ? 'full' : undefined
    if (reason === undefined || isOfOpenConnection(request)) return next()
    parts.onRefused(reason)
    const answer = answerOf(new CodedError('UNAVAILABLE', messages[reason], { retryAfterMs: retryAfterMs[reason] }))
    if (response instanceof ServerResponse) response.writeHead(answer.statusCode, answer.headers).end(answer.body)
    else refuseUpgrade(request.socket, answer)
  })
  return { isFull }
}

interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: string
}

/** Returns the answer that REST gives for this error. */
function answerOf(error: CodedError): HttpAnswer {
  const { code, ...wire } = toWireError(error)
  const { statusCode, title } = errorTable[code]
  const body = JSON.stringify({ statusCode, code, error: title, ...wire })
  return {
    statusCode,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'Retry-After': Math.ceil((wire.retryAfterMs ?? 0) / 1000),
      Connection: 'close'
    },
    body
  }
}

/** Whether a request belongs to a connection that was admitted earlier. */
function isOfOpenConnection({ url = '' }: IncomingMessage): boolean {
  const query = url.indexOf('?')
  return query >= 0 && new URLSearchParams(url.slice(query)).has('sid')
}

/** Writes the answer on the connection itself: a request for an upgrade has no response object in Node.js. */
function refuseUpgrade(socket: Duplex, { statusCode, headers, body }: HttpAnswer): void {
  // The client may be gone already.
  socket.on('error', () => {})
  socket.once('finish', () => socket.destroy())
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}
