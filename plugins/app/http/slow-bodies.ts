import type { Server } from 'node:http'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'

/**
 * The time for a body that is held in memory to arrive. A file may take longer, but must not stall for this time.
 */
const bodyTimeoutMs = 60_000

/** A body has a length, or is sent in chunks: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Returns a hook that cuts off requests whose body arrives too slowly. Without it anybody, even without a token, could
 * make the server hold one body in memory for each of their connections. The request timeout of Node.js is off, because
 * it would also end uploads from slow phones.
 */
export function cutOffSlowBodies(server: Server): onRequestHookHandler {
  function watch(request: FastifyRequest, isAnswered: () => boolean): void {
    const {
      raw,
      routeOptions: { config }
    } = request
    const { socket } = raw
    let seenBytes = socket.bytesRead

    /** Bytes that this process has not read yet count as progress too. */
    function hasProgress(): boolean {
      const before = seenBytes
      seenBytes = socket.bytesRead
      return config?.takesFile === true && (seenBytes > before || raw.readableLength > 0)
    }

    const timer = setInterval(() => {
      if (raw.complete || hasProgress()) return
      clearInterval(timer)
      request.log.info('request body timed out')
      if (isAnswered()) {
        socket.destroy()
        return
      }
      const error = Object.assign(new Error('request body timed out'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
      server.emit('clientError', error, socket)
    }, bodyTimeoutMs)
    timer.unref()
    raw.once('close', () => clearInterval(timer))
  }

  return (request, reply, done) => {
    if (hasBody(request)) watch(request, () => reply.sent)
    done()
  }
}
