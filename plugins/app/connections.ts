import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

/**
 * Browsers open connections before they need them. One that has not asked for anything yet is not idle to Node.js, and would keep a
 * stopping server from closing until its headers are overdue.
 */
export default fp(async app => {
  const unused = new Set<Socket>()
  let isClosing = false

  app.server.on('connection', (socket: Socket) => {
    if (isClosing) return socket.destroy()
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }) => unused.delete(socket))
  app.server.on('upgrade', ({ socket }) => unused.delete(socket))
  app.addHook('preClose', async () => {
    isClosing = true
    for (const socket of unused) socket.destroy()
  })
}, { name: 'connections' })
