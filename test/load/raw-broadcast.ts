/*
 * The server that bench:comments compares with: only `ws`, which sends each message it is given to every socket. Sends
 * its port to the parent process.
 */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (message: string) => {
  const bytes = Buffer.from(message)
  for (const socket of server.clients) socket.send(bytes, { binary: false })
})
