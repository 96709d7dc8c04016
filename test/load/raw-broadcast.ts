/*
 * The other side of the measure: a server of nothing but `ws` that sends each message it is given to every socket it has.
 * Prints its port.
 */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (message: string) => {
  const bytes = Buffer.from(message)
  for (const socket of server.clients) socket.send(bytes, { binary: false })
})
