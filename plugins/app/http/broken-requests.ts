import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { CodedError, errorTable, toWireError, type ErrorCode } from '../../../contract/errors.ts'

/**
 * Coded errors for input that the HTTP parser rejects before there is a request. Any other parser error is malformed
 * HTTP.
 */
const parserErrors: Readonly<Record<string, [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['PAYLOAD_TOO_LARGE', 'The URL and headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['VALIDATION', 'The request did not arrive in time.']
}

/** Answers a connection whose bytes never became a request, in the form of all errors, and closes it. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const { code, ...wire } = toWireError(
    new CodedError(...(parserErrors[error.code] ?? ['VALIDATION', 'The request is malformed.']))
  )
  const { statusCode, title } = errorTable[code]
  const body = JSON.stringify({ statusCode, code, error: title, ...wire })
  const head = [
    `HTTP/1.1 ${statusCode} ${title}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy(error))
}
