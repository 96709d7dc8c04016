import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect, type Socket } from 'socket.io-client'
import t, { type Test } from 'tap'
import { createChunkedBroadcast, type ChunkedBroadcast } from '../../../realtime/delivery/chunked-broadcast.ts'
import { recipientOf } from '../../../realtime/delivery/encoded-event.ts'
import type { AmbientServer } from '../../../realtime/sockets/socket-data.ts'
import { createSocketDelivery, enterShow, leaveShow, wantLevels } from '../../../realtime/delivery/socket-delivery.ts'

const http = createServer()
const io: AmbientServer = new Server(http, { transports: ['websocket'] })
const clients: Socket[] = []
const delivery = createSocketDelivery(io, 1)
io.on('connection', socket => {
  // One client has no direct WebSocket, so it is reached through Socket.io.
  const recipient = recipientOf(socket)
  socket.data.recipient = io.of('/').sockets.size === 2 ? { ...recipient, direct: null } : recipient
  delivery.follow(socket)
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
const reset = (reason: string) => ({ routerRtpCapabilities: {}, reason })
const announcement = (text: string) => ({ text, at: 1 })
const socketOf = (n: number) => io.of('/').sockets.get(clients[n]!.id!)!

/** Records what each client receives, as one text per message. */
function receivedBy(t: Test): string[][] {
  const received = clients.map(() => [] as string[])
  clients.forEach((client, n) => {
    const listener = (event: string, payload: unknown) => received[n]!.push(`${event} ${JSON.stringify(payload)}`)
    client.onAny(listener)
    t.teardown(() => client.offAny(listener))
  })
  return received
}

const text = (event: string, payload: unknown) => `${event} ${JSON.stringify(payload)}`
const turn = async () => await new Promise(resolve => setImmediate(resolve))

/** Waits until each of these clients received everything that was sent before. */
async function settled(...numbers: number[]): Promise<void> {
  for (const n of numbers) {
    const last = new Promise(resolve => clients[n]!.once('session:expired', resolve))
    socketOf(n).emit('session:expired', {})
    await last
  }
}

t.test('a message to everybody reaches each socket once, in order with its own messages', async t => {
  const received = receivedBy(t)
  const announced = (id: string) => ({ text: id, at: 1, id, until: 2 })
  delivery.toAll('announcement', announced('a'))
  socketOf(0).emit('announcement:ended', { id: 'x' })
  delivery.toAll('announcement', announced('b'))
  await turn()
  await turn()
  await settled(0, 1, 2)
  const [a, b] = ['a', 'b'].map(id => text('announcement', announced(id)))
  t.same(
    received.map(messages => messages.filter(message => message.startsWith('announcement'))),
    [
      [a, text('announcement:ended', { id: 'x' }), b],
      [a, b],
      [a, b]
    ]
  )
})

t.test('a message to one client does not overtake broadcasts that were sent before', async t => {
  t.equal([...io.of('/').sockets.values()].filter(({ data }) => data.recipient.direct).length, 2)
  const received = receivedBy(t)
  delivery.toShow('show', 'reactions', reactions(1))
  delivery.toShow('show', 'announcement', announcement('Two'))
  for (const n of [0, 1]) delivery.toPresence(`presence-${clients[n]!.id}`, 'media:reset', reset(String(n)))
  delivery.toShow('show', 'reactions', reactions(3))
  await settled(0, 1, 2)
  const all = [text('reactions', reactions(1)), text('announcement', announcement('Two'))]
  for (const n of [0, 1]) {
    t.same(received[n]!.slice(0, 4), [...all, text('media:reset', reset(String(n))), text('reactions', reactions(3))])
  }
  t.same(received[2]!.slice(0, 3), [...all, text('reactions', reactions(3))])
})

t.test('an acknowledgement does not overtake a broadcast, and a broadcast no acknowledgement', async t => {
  const received = receivedBy(t)
  socketOf(0).once('show:leave', (_payload, acknowledge) => {
    delivery.toShow('show', 'announcement', announcement('before'))
    acknowledge({ ok: true, data: {} })
    delivery.toShow('show', 'announcement', announcement('after'))
  })
  await new Promise<void>(resolve => {
    clients[0]!.emit('show:leave', {}, () => {
      received[0]!.push('acknowledged')
      resolve()
    })
  })
  await settled(0)
  t.same(received[0]!.slice(0, 3), [
    text('announcement', announcement('before')),
    'acknowledged',
    text('announcement', announcement('after'))
  ])
})

t.test('a broadcast does not overtake what Engine.io still keeps', async t => {
  const received = receivedBy(t)
  const { conn } = socketOf(0)
  conn.transport.writable = false
  socketOf(0).emit('announcement', announcement('kept'))
  delivery.toShow('show', 'announcement', announcement('broadcast'))
  for (const n of [0, 2]) wantLevels(socketOf(n), 'show', true)
  delivery.toSpeakingAudience('show', 'levels', { levels: [] })
  await turn()
  await turn()
  conn.transport.writable = true
  conn.transport.emit('ready')
  await settled(0, 1, 2)
  t.same(received[0]!.slice(0, 2), [
    text('announcement', announcement('kept')),
    text('announcement', announcement('broadcast'))
  ])
  t.same(
    received.map(messages => messages.some(message => message.startsWith('media:speaking'))),
    [false, false, true],
    'levels are for sockets that asked and keep up'
  )
})

t.test('a show that ends sends everything to everybody, in order, although its sockets leave at once', async t => {
  const received = receivedBy(t)
  delivery.toShow('show', 'reactions', reactions(1))
  delivery.toShow('show', 'announcement', announcement('The end'))
  delivery.endShow('show')
  delivery.toShow('show', 'reactions', reactions(2))
  await settled(0, 1, 2)
  for (const messages of received) {
    t.same(messages.slice(0, 3), [
      text('reactions', reactions(1)),
      text('announcement', announcement('The end')),
      text('session:expired', {})
    ])
  }
  for (const n of [0, 1, 2]) enterShow(socketOf(n), 'show', clients[n]!.id!, `presence-${clients[n]!.id}`)
})

t.test('many presences are reached in chunks, except those that are gone', async t => {
  const received = receivedBy(t)
  const presenceIds = clients.map(({ id }) => `presence-${id}`)
  delivery.toPresences('show', presenceIds.slice(0, 2), 'media:reset', reset('worker died'))
  leaveShow(socketOf(1))
  await turn()
  await settled(0, 1, 2)
  t.same(
    received.map(messages => messages[0]),
    [text('media:reset', reset('worker died')), text('session:expired', {}), text('session:expired', {})]
  )
  enterShow(socketOf(1), 'show', clients[1]!.id!, `presence-${clients[1]!.id}`)
})

t.test('a client that has left gets nothing more', async t => {
  const received = receivedBy(t)
  delivery.toShow('show', 'reactions', reactions(2))
  delivery.toShow('another show', 'reactions', reactions(4))
  leaveShow(socketOf(2))
  await settled(0, 1, 2)
  t.same(received[0]![0], text('reactions', reactions(2)))
  t.same(received[2], [text('session:expired', {})])
})

t.test('a show that moves sends everything to everybody before it asks them to connect again', async t => {
  const received = receivedBy(t)
  // The third client has left before.
  const members = clients.slice(0, 2)
  const drained = members.map(async client => await new Promise(resolve => client.once('session:drain', resolve)))
  delivery.toShow('show', 'announcement', announcement('Moving'))
  delivery.drainShow('show')
  await Promise.all(drained)
  for (const messages of received.slice(0, 2)) {
    t.equal(messages.length, 2)
    t.equal(messages[0], text('announcement', announcement('Moving')))
    t.match(messages[1], /^session:drain /)
  }
  t.same(received[2], [])
})

const ids = Array.from({ length: 10_000 }, (_, n) => `socket ${n}`)

/** Sends a broadcast that records whom it reached. */
function recorded(broadcast: ChunkedBroadcast<string>, replaces: string | null = null, recipients = ids): string[] {
  const reached: string[] = []
  broadcast.send({ showId: 'show', replaces, recipients, send: ids => reached.push(...ids) })
  return reached
}

t.test('no turn of the event loop serves more than 250 sockets, of all shows together', async t => {
  const broadcast = createChunkedBroadcast<string>()
  const first = recorded(broadcast)
  const second = recorded(broadcast)
  const third = recorded(broadcast, null, ids.slice(0, 100))
  const fourth = recorded(broadcast, null, ids.slice(0, 100))
  t.equal(first.length, 0, 'nothing is sent in the turn of the command')
  let before = 0
  for (let n = 0; first.length + second.length < 20_000; n++) {
    await turn()
    const total = first.length + second.length + third.length + fourth.length
    t.ok(total - before <= 250)
    before = total
  }
  await turn()
  t.same([first, second, third, fourth], [ids, ids, ids.slice(0, 100), ids.slice(0, 100)])
})

t.test('a broadcast replaces an earlier one of its kind that waits; sockets that missed it come first', async t => {
  const broadcast = createChunkedBroadcast<string>()
  const first = recorded(broadcast, 'audience')
  const other = recorded(broadcast, 'media:speaking')
  await turn()
  await turn()
  const reached = first.length
  t.ok(reached >= 250 && reached < 1000)
  const second = recorded(broadcast, 'audience')
  broadcast.flushFor('socket 9999')
  t.equal(second[0], 'socket 9999')
  while (second.length < 10_000 || other.length < 10_000) await turn()
  t.equal(first.length, reached)
  t.same(second.slice(1, 3), [`socket ${reached}`, `socket ${reached + 1}`])
  t.same(new Set(second), new Set(ids))
  t.equal(second.length, 10_000)
})

t.test('sockets that were served before their turn are left out of their groups', async t => {
  const broadcast = createChunkedBroadcast<string>()
  const early = ids.filter((_id, n) => n % 7 === 0 || (n > 300 && n < 700))
  const reached = recorded(broadcast)
  for (const id of early) broadcast.flushFor(id)
  while (reached.length < ids.length) await turn()
  const others = ids.filter(id => !early.includes(id))
  t.same(reached, [...early, ...others])
})

t.test('at most 100 broadcasts wait: above it the oldest is sent at once', async t => {
  const broadcast = createChunkedBroadcast<string>()
  const all = Array.from({ length: 103 }, () => recorded(broadcast))
  t.same(
    all.map(({ length }) => length),
    [...Array<number>(3).fill(10_000), ...Array<number>(100).fill(0)]
  )
  for (const id of ids) broadcast.flushFor(id)
  t.ok(all.every(({ length }) => length === 10_000))
})
