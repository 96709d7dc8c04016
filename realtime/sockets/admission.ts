import { STATUS_CODES, ServerResponse, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CodedError, errorTable, toWireError } from '../../contract/errors.ts'

export type RefusalReason = 'draining' | 'full' | 'cut_off'

export interface AdmissionParts {
  isDraining(): boolean
  /** Maximum number of open connections; undefined for no limit. */
  maxSockets: number | undefined
  /** Whether this node cannot serve the show now, while other nodes may. */
  isCutOffFrom(showId: string): boolean
  onRefused(reason: RefusalReason): void
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

const retryAfterMs = { draining: 1000, full: 5000, cut_off: 1000 }
const messages = {
  draining: 'The server is about to stop; connect again in a moment.',
  full: 'The server is full; connect again in a moment.',
  cut_off: 'The server cannot reach the show; connect again in a moment.'
}

/**
 * Answers a new connection 503 while the server drains, is full, or is cut off from the show that the query names.
 * This happens before the upgrade to WebSocket, when a proxy can still go to another node. Connections that are open
 * stay open.
 */
export function admitConnections(server: ConnectionServer, parts: AdmissionParts): Admission {
  const isFull = () => parts.maxSockets !== undefined && server.clientsCount >= parts.maxSockets

  function findReason(query: URLSearchParams): RefusalReason | undefined {
    if (parts.isDraining()) return 'draining'
    if (isFull()) return 'full'
    const showId = query.get('showId')
    return showId !== null && parts.isCutOffFrom(showId) ? 'cut_off' : undefined
  }

  // Engine.IO checks and counts a connection in the turn of its request, so the number cannot be exceeded.
  server.use((request, response, next) => {
    const query = queryOf(request)
    const reason = findReason(query)
    // A connection that was admitted earlier has an id.
    if (reason === undefined || query.has('sid')) return next()
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

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const query = url.indexOf('?')
  return new URLSearchParams(query < 0 ? '' : url.slice(query))
}

/** Writes the answer on the connection itself: a request for an upgrade has no response object in Node.js. */
function refuseUpgrade(socket: Duplex, { statusCode, headers, body }: HttpAnswer): void {
  // The client may be gone already.
  socket.on('error', () => {})
  socket.once('finish', () => socket.destroy())
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}
