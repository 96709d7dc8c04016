import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import t from 'tap'
import { WebSocket } from 'ws'
import { closeSlowConsumer } from '../../../realtime/sockets/slow-consumer.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'

type Connection = AmbientSocket['conn']

/** More than the operating system buffers for both ends of a connection. */
const muchBytes = 32 * 1024 * 1024
const pong = '3'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], pingInterval: 20, pingTimeout: 60_000 })
io.engine.on('connection', (connection: Connection) => closeSlowConsumer(connection))
await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
const { port } = http.address() as AddressInfo
t.teardown(async () => await io.close())

/** Opens a connection. Returns both of its ends. */
async function open(): Promise<{ connection: Connection; client: WebSocket }> {
  const accepted = new Promise<Connection>(resolve => io.engine.once('connection', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  await new Promise(resolve => client.once('message', resolve))
  return { connection: await accepted, client }
}

async function waitForPing(connection: Connection): Promise<void> {
  await new Promise<void>(resolve =>
    connection.on('packetCreate', ({ type }) => {
      if (type === 'ping') resolve()
    })
  )
}

async function waitForClose(connection: Connection): Promise<string> {
  return await new Promise(resolve => connection.once('close', resolve))
}

t.test('a client that reads stays connected, whatever the amount of data', async t => {
  const accepted = new Promise<Connection>(resolve => io.engine.once('connection', resolve))
  const client = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false })
  t.teardown(() => client.disconnect())
  const connection = await accepted
  const all = new Promise(resolve => client.once('last', resolve))
  await new Promise<void>(resolve => client.once('connect', resolve))
  for (let n = 0; n < 32; n++) io.emit('much', 'x'.repeat(muchBytes / 32))
  io.emit('last')
  await all
  for (let n = 0; n < 5; n++) await new Promise(resolve => connection.once('heartbeat', resolve))
  t.ok(client.connected)
  t.equal(connection.readyState, 'open')
})

t.test('a client that answers pings and does not read is disconnected', async t => {
  const { connection, client } = await open()
  t.teardown(() => client.terminate())
  const closed = waitForClose(connection)
  client.pause()
  connection.send('x'.repeat(muchBytes))
  await waitForPing(connection)
  client.send(pong)
  t.equal(await closed, 'forced close')
})

t.test('a client that answers a ping that was not sent is disconnected', async t => {
  const { connection, client } = await open()
  t.teardown(() => client.terminate())
  const closed = waitForClose(connection)
  await new Promise<void>(resolve =>
    client.on('message', data => {
      if (String(data) === '2') resolve()
    })
  )
  client.send(pong)
  client.send(pong)
  t.equal(await closed, 'forced close')
})
