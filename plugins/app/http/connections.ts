import type { Socket } from 'node:net'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'

/** Of the deadline a server has to stop: how long requests that are under way may take to end by themselves. */
const patiencePart = 1 / 3
const comeBackAfterMs = 1000

/**
 * Connections of a stopping server. Browsers open some before they need them: one that has not asked for anything yet is not idle to
 * Node.js, and would keep the server from closing until its headers are overdue. And a request that does not end, such as an upload from a
 * slow phone, is cut off in time for everything else to be written.
 */
export default fp(
  async app => {
    const unused = new Set<Socket>()
    let patience: NodeJS.Timeout | undefined
    let isClosing = false

    app.server.on('connection', (socket: Socket) => {
      if (isClosing) return socket.destroy()
      unused.add(socket)
      socket.once('close', () => unused.delete(socket))
    })
    app.server.on('request', ({ socket }) => unused.delete(socket))
    app.server.on('upgrade', ({ socket }) => unused.delete(socket))

    function cutOff(): void {
      app.log.warn({ module: 'connections' }, 'requests that did not end were cut off: the server stops')
      app.server.closeAllConnections()
    }

    // On a connection that is kept alive more may come until it is closed.
    app.addHook('onRequest', async () => {
      if (isClosing) {
        throw new CodedError('UNAVAILABLE', 'The server stops; try again in a moment.', {
          retryAfterMs: comeBackAfterMs
        })
      }
    })

    app.addHook('preClose', async () => {
      isClosing = true
      for (const socket of unused) socket.destroy()
      patience = setTimeout(cutOff, app.config.DRAIN_DEADLINE_MS * patiencePart)
    })
    // Comes when the last request has ended.
    app.addHook('onClose', async () => clearTimeout(patience))
  },
  { name: 'connections' }
)
