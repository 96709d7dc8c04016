import type { ConnectionError } from 'fastify'
import type { Socket } from 'node:net'
import { CodedError, errorTable, toWireError, type ErrorCode } from '../../../contract/errors.ts'

/** What the HTTP parser refuses before there is a request, in our words. Anything else is no HTTP. */
const parserCodes: Readonly<Record<string, [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['PAYLOAD_TOO_LARGE', 'The address and headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['VALIDATION', 'The request did not arrive in time.']
}

/** Answers what never became a request, in the shape of all errors, and closes the connection. */
export function refuseBroken(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const { code, ...wire } = toWireError(
    new CodedError(...(parserCodes[error.code] ?? ['VALIDATION', 'The request is malformed.']))
  )
  const { statusCode, title } = errorTable[code]
  const body = JSON.stringify({ statusCode, code, error: title, ...wire })
  socket.end(
    `HTTP/1.1 ${statusCode} ${title}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(error)
  )
}
