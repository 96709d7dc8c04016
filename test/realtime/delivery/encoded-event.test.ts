import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { encodeEvent, recipientOf, sendEncoded } from '../../../realtime/delivery/encoded-event.ts'
import { createSocketDelivery, enterShow, leaveShow, wantLevels } from '../../../realtime/delivery/socket-delivery.ts'
import type { AmbientServer, AmbientSocket, Recipient } from '../../../realtime/sockets/socket-data.ts'

const announcement = (text: string) => ({ text, at: 1 })
const wire = (text: string) => `42["announcement",${JSON.stringify(announcement(text))}]`
const turn = async () => await new Promise(resolve => setImmediate(resolve))

/** A server with plain WebSockets as clients, which see every message as it is on the wire. */
async function startSockets(
  t: Test,
  { minSockets = 1, ...options }: { minSockets?: number; perMessageDeflate?: object } = {}
) {
  const http = createServer()
  const io: AmbientServer = new Server(http, { transports: ['websocket'], ...options })
  const delivery = createSocketDelivery(io, minSockets)
  io.on('connection', socket => {
    socket.data.recipient = recipientOf(socket)
    delivery.follow(socket)
    enterShow(socket, 'show', socket.id, `presence-${socket.id}`)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  t.teardown(async () => await io.close())

  async function connect(): Promise<{ client: WebSocket; socket: AmbientSocket; received: string[] }> {
    const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
    const received: string[] = []
    client.on('message', (data, isBinary) => {
      const text = String(data)
      if (text.startsWith('0')) client.send('40')
      else if (text.startsWith('42')) received.push(isBinary ? 'binary' : text)
    })
    const [socket] = await once(io, 'connection')
    return { client, socket, received }
  }
  return { delivery, connect }
}

t.test('frames of every length reach a client as text, in order with what Socket.io sends', async t => {
  const { delivery, connect } = await startSockets(t)
  const one = await connect()
  const overhead = Buffer.byteLength(wire(''))
  const texts = [125, 126, 127, 65_535, 65_536, 70_000].map(length => 'x'.repeat(length - overhead))
  texts.push('Grüße 👏🏽')
  for (const text of texts) {
    delivery.toShow('show', 'announcement', announcement(text))
    await turn()
    one.socket.emit('announcement', announcement(`after ${text.length}`))
  }
  while (one.received.length < 2 * texts.length) await once(one.client, 'message')
  t.same(
    one.received,
    texts.flatMap(text => [wire(text), wire(`after ${text.length}`)])
  )
})

t.test('a connection with compression is reached through Engine.io', async t => {
  const { delivery, connect } = await startSockets(t, { perMessageDeflate: { threshold: 0 } })
  const one = await connect()
  t.equal(one.socket.data.recipient.direct, null)
  delivery.toShow('show', 'announcement', announcement('compressed'))
  while (one.received.length === 0) await once(one.client, 'message')
  t.same(one.received, [wire('compressed')])
})

t.test('messages to a small show keep their order with everything else', async t => {
  const { delivery, connect } = await startSockets(t, { minSockets: 2 })
  const one = await connect()
  const announce = (text: string) => delivery.toShow('show', 'announcement', announcement(text))
  announce('1')
  one.socket.emit('announcement', announcement('2'))
  announce('3')
  delivery.toPresence(`presence-${one.socket.id}`, 'announcement', announcement('4'))
  await turn()
  leaveShow((await connect()).socket)
  delivery.toAll('announcement', { ...announcement('5'), id: 'a', until: 2 })
  announce('6')
  while (one.received.length < 6) await once(one.client, 'message')
  t.same(
    one.received.map(text => JSON.parse(text.slice(2))[1].text),
    ['1', '2', '3', '4', '5', '6']
  )
})

t.test('nothing follows the close of a connection, and the others get everything', async t => {
  const { delivery, connect } = await startSockets(t)
  const [removed, closing, gone, staying] = [await connect(), await connect(), await connect(), await connect()]
  const isRemoved = once(removed.client, 'close')
  const isGone = once(gone.socket, 'disconnect')
  delivery.toShow('show', 'announcement', announcement('before'))
  await turn()
  delivery.toShow('show', 'announcement', announcement('during'))
  removed.socket.disconnect(true)
  gone.client.terminate()
  await Promise.all([isRemoved, isGone])

  closing.client.close()
  const { webSocket, stream } = closing.socket.data.recipient.direct!
  while (webSocket.readyState === WebSocket.OPEN) await turn()
  const writes = t.capture(stream, 'write', stream.write)
  for (const { socket } of [removed, closing, gone]) {
    sendEncoded([socket.data.recipient], encodeEvent('announcement', announcement('nobody reads this')))
  }
  t.same(writes(), [])

  delivery.toShow('show', 'announcement', announcement('last'))
  while (staying.received.length < 3) await once(staying.client, 'message')
  t.same(staying.received, ['before', 'during', 'last'].map(wire))
  t.same(removed.received, ['before', 'during'].map(wire))
})

t.test('a group of recipients is looked at before the first write, and each is reached in its way', async t => {
  const log: string[] = []
  const recipient = (
    id: string,
    states: { writable?: boolean; readyState?: WebSocket['readyState']; ended?: boolean; pending?: boolean } = {}
  ): Recipient => ({
    id,
    conn: { write: () => log.push(`packet to ${id}`), transport: { writable: true } } as never,
    direct: {
      transport: { writable: states.writable ?? true },
      webSocket: { readyState: states.readyState ?? WebSocket.OPEN, bufferedAmount: 0 },
      stream: {
        get writable() {
          log.push(`look at ${id}`)
          return !states.ended
        },
        pending: states.pending ?? false,
        write: () => log.push(`frame to ${id}`) > 0
      }
    }
  })
  const busy = recipient('busy', { writable: false })
  const closing = recipient('closing', { readyState: WebSocket.CLOSING })
  const ended = recipient('ended', { ended: true })
  const gone = recipient('gone', { pending: true })
  const polling: Recipient = { ...recipient('polling'), direct: null }
  const group = [recipient('first'), busy, closing, ended, gone, polling, recipient('last')]
  sendEncoded(group, encodeEvent('announcement', announcement('all')))
  t.same(log, [
    ...['first', 'ended', 'gone', 'last'].map(id => `look at ${id}`),
    'frame to first',
    ...['busy', 'closing', 'ended', 'gone', 'polling'].map(id => `packet to ${id}`),
    'frame to last'
  ])
})

t.test('a client that reads late gets everything, in order, and is sent no levels meanwhile', async t => {
  const { delivery, connect } = await startSockets(t)
  const slow = await connect()
  slow.client.pause()
  const texts = Array.from({ length: 200 }, (_, n) => `${n} ${'x'.repeat(60_000)}`)
  for (const text of texts) {
    delivery.toShow('show', 'announcement', announcement(text))
    await turn()
  }
  t.ok((slow.socket.data.recipient.direct?.webSocket.bufferedAmount ?? 0) > 1_000_000)
  slow.socket.emit('announcement', announcement('own'))
  await turn()
  t.notOk(slow.socket.conn.transport.writable, 'Engine.io waits for the stream')
  wantLevels(slow.socket, 'show', true)
  delivery.toSpeakingAudience('show', 'levels', { levels: [] })
  delivery.toShow('show', 'announcement', announcement('behind'))
  await turn()
  slow.client.resume()
  while (slow.received.length < texts.length + 2) await once(slow.client, 'message')
  t.same(slow.received, [...texts, 'own', 'behind'].map(wire))
})
