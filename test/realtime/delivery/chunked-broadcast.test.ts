import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect, type Socket } from 'socket.io-client'
import t from 'tap'
import { webSocketOf } from '../../../realtime/delivery/chunked-broadcast.ts'
import type { AmbientServer } from '../../../realtime/sockets/socket-data.ts'
import { createSocketDelivery, enterShow, leaveShow } from '../../../realtime/delivery/socket-delivery.ts'

const http = createServer()
const io: AmbientServer = new Server(http, { transports: ['websocket'] })
const clients: Socket[] = []
io.on('connection', socket => {
  // One client has no direct WebSocket, so it is reached through Socket.io.
  socket.data.webSocket = io.of('/').sockets.size === 2 ? null : webSocketOf(socket)
  enterShow(socket, 'show', socket.id, `presence-${socket.id}`)
})
await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
for (let n = 0; n < 3; n++) {
  const client = connect(url, { transports: ['websocket'], forceNew: true })
  clients.push(client)
  await new Promise<void>(resolve => client.once('connect', resolve))
}
t.teardown(async () => {
  for (const client of clients) client.disconnect()
  await io.close()
})

const reactions = (n: number) => ({ counts: { '👏🏽': n } })

t.test('a chunked broadcast reaches each client in order, except clients that have left', async t => {
  const delivery = createSocketDelivery(io, 1)
  t.equal([...io.of('/').sockets.values()].filter(({ data }) => data.webSocket).length, 2)
  const received = clients.map(() => [] as unknown[])
  clients.forEach((client, n) => client.on('reactions', batch => received[n]!.push(batch)))
  const last = clients
    .slice(0, 2)
    .map(async client => await new Promise(resolve => client.once('announcement', resolve)))
  delivery.toShowInChunks('show', 'reactions', reactions(1))
  delivery.flush()
  delivery.toShowInChunks('show', 'reactions', reactions(2))
  delivery.toShowInChunks('show', 'reactions', reactions(3))
  delivery.toShowInChunks('another show', 'reactions', reactions(4))
  leaveShow(io.of('/').sockets.get(clients[2]!.id!)!)
  delivery.flush()
  delivery.toShow('show', 'announcement', { text: 'After all reactions', at: 1 })
  await Promise.all(last)
  t.same(received[0], [reactions(1), reactions(2), reactions(3)])
  t.same(received[1], received[0])
  t.same(received[2], [reactions(1)], 'nothing is sent to a client after it has left')
})

t.test('a chunked broadcast arrives without a flush', async t => {
  const delivery = createSocketDelivery(io, 1)
  const received = new Promise(resolve => clients[0]!.once('reactions', resolve))
  delivery.toShowInChunks('show', 'reactions', reactions(5))
  t.same(await received, reactions(5))
})
