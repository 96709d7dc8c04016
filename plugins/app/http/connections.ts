import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'

/** Share of the shutdown deadline that requests in progress get to finish. */
const requestShare = 1 / 3
const retryAfterMs = 1000

export interface ConnectionsParts {
  server: Server
  /** The maximum time for stopping, in all, ms. */
  deadlineMs: number
  logger: FastifyBaseLogger
}

/**
 * Closes the connections of a stopping server. Browsers open connections before they need them, and Node.js does not
 * treat a connection without a request as idle: it would keep the server open until its headers are overdue. Requests
 * that do not finish, such as an upload from a slow phone, are cut off early enough for pending data to be written.
 */
export function createConnections({ server, deadlineMs, logger }: ConnectionsParts) {
  const unused = new Set<Socket>()
  let cutOffTimer: NodeJS.Timeout | undefined
  let isClosing = false

  // Requests and upgrades of HTTPS name the socket above the encryption.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (isClosing) return socket.destroy()
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  server.on('upgrade', ({ socket }) => unused.delete(socket))

  function cutOff(): void {
    logger.warn({ module: 'connections' }, 'unfinished requests cut off by shutdown')
    server.closeAllConnections()
  }

  return {
    /** Rejects requests of a closing server: they may still arrive on a kept-alive connection. */
    rejectWhenClosing(_request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
      if (!isClosing) done()
      else done(new CodedError('UNAVAILABLE', 'The server is stopping; try again in a moment.', { retryAfterMs }))
    },

    /** Closes unused connections, and gives requests in progress their time. */
    startClosing(): void {
      isClosing = true
      for (const socket of unused) socket.destroy()
      cutOffTimer = setTimeout(cutOff, deadlineMs * requestShare)
    },

    /** Call it when the last request has finished. */
    finishClosing: (): void => clearTimeout(cutOffTimer)
  }
}
