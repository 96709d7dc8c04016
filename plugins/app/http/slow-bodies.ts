import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** What is held in memory until all of it is there has so long to arrive; a file may take longer, but not stand still for so long. */
const patienceMs = 60_000

/** Bodies have an end, or say that they come in pieces: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Cuts off who sends a body so slowly that it can't be meant: anybody could have the server hold as much of it as they have connections,
 * without ever being asked who they are. The server's own limit for requests is off, since it would also end uploads from slow phones.
 */
export default fp(
  async app => {
    app.addHook('onRequest', (request, reply, done) => {
      if (hasBody(request)) watch(request, () => reply.sent)
      done()
    })

    function watch(request: FastifyRequest, isAnswered: () => boolean): void {
      const {
        raw,
        routeOptions: { config }
      } = request
      const { socket } = raw
      let seenBytes = socket.bytesRead

      /** What waits to be read here is not the sender's fault. */
      function isComing(): boolean {
        const before = seenBytes
        seenBytes = socket.bytesRead
        return config?.takesFile === true && (seenBytes > before || raw.readableLength > 0)
      }

      const timer = setInterval(() => {
        if (raw.complete || isComing()) return
        clearInterval(timer)
        request.log.info('a body that did not arrive in time was cut off')
        if (isAnswered()) socket.destroy()
        else {
          app.server.emit(
            'clientError',
            Object.assign(new Error('the body did not arrive in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
            socket
          )
        }
      }, patienceMs)
      timer.unref()
      raw.once('close', () => clearInterval(timer))
    }
  },
  { name: 'slow-bodies' }
)
