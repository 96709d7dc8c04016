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
  // One of them is reached by Socket.io's own way, as it would be where there is no WebSocket to be had.
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

t.test('a crowd is told what everybody is told, in order, and who has left is not', async t => {
  const delivery = createSocketDelivery(io, 1)
  t.equal([...io.of('/').sockets.values()].filter(({ data }) => data.webSocket).length, 2)
  const heard = clients.map(() => [] as unknown[])
  clients.forEach((client, n) => client.on('reactions', batch => heard[n]!.push(batch)))
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
  delivery.toShow('show', 'announcement', { text: 'Everything before this was told before this', at: 1 })
  await Promise.all(last)
  t.same(heard[0], [reactions(1), reactions(2), reactions(3)])
  t.same(heard[1], heard[0])
  t.same(heard[2], [reactions(1)], 'what was on its way when they left is not for them')
})

t.test('without being pressed it arrives as well', async t => {
  const delivery = createSocketDelivery(io, 1)
  const heard = new Promise(resolve => clients[0]!.once('reactions', resolve))
  delivery.toShowInChunks('show', 'reactions', reactions(5))
  t.same(await heard, reactions(5))
})
