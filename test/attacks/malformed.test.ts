import fc from 'fast-check'
import { io, type Socket } from 'socket.io-client'
import t from 'tap'
import { clientEvents, type Ack } from '../../contract/client-events.ts'
import { errorTable } from '../../contract/errors.ts'
import { residentKib } from '../load/process-cost.ts'
import { goLive, signIn } from '../users.ts'
import { startServer } from '../server-process.ts'

const events = Number(process.env.MALFORMED_EVENTS ?? 10_000)
const batch = 100

const server = await startServer({
  LIMIT_EVENTS_PER_10S: '1000000',
  LIMIT_MEDIA_EVENTS_PER_10S: '1000000',
  LIMIT_SPEAK_REQUESTS_PER_MINUTE: '1000000',
  LIMIT_UNMUTES_PER_10S: '1000000',
  LIMIT_JOINS_PER_MINUTE: '1000000',
  LIMIT_PRODUCES_PER_MINUTE: '1000000'
})
t.teardown(async () => await server.close())

/** Known, nearly known and unknown event names. */
const eventName = fc
  .oneof(
    fc.constantFrom(...Object.keys(clientEvents)),
    fc.constantFrom('media:', 'toString', '__proto__', 'show:joinn', 'hasOwnProperty'),
    fc.string({ minLength: 1 })
  )
  .filter(
    name => !['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].includes(name)
  )
/** Payloads that match no schema: they have at least one unknown property. */
const payload = fc
  .oneof(
    fc
      .anything({ withNullPrototype: false, withBigInt: false, maxDepth: 4 })
      .filter(value => typeof value !== 'function' && value !== undefined),
    fc.record({ showId: fc.jsonValue(), userId: fc.jsonValue(), $gt: fc.jsonValue(), requestId: fc.jsonValue() }),
    fc.constant(JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{}}}'))
  )
  .map(value => ({ value, nonsense: true }))

t.test(`${events} malformed events each get a coded error, and the server is unchanged`, async t => {
  const { client } = await goLive(server.url)
  const samples = fc.sample(fc.tuple(eventName, payload), events)
  const memoryBefore = await residentKib(server.pid)
  let typed = 0
  for (let start = 0; start < samples.length; start += batch) {
    const answers = await Promise.all(
      samples
        .slice(start, start + batch)
        .map(async ([event, data]): Promise<Ack<unknown>> => await client.requestRaw(event, data))
    )
    for (const answer of answers) {
      if (!answer.ok && Object.hasOwn(errorTable, answer.error.code) && answer.error.code !== 'INTERNAL') typed++
    }
  }
  t.equal(typed, events, 'every answer is a coded error other than INTERNAL')
  t.ok(client.socket.connected, 'the socket stays open')
  t.equal((await fetch(`${server.url}/readyz`)).status, 200)
  t.comment(`resident memory grew by ${(await residentKib(server.pid)) - memoryBefore} KiB`)
})

t.test('events with wrong arguments are rejected, and an event without an acknowledgement is harmless', async t => {
  const { client } = await goLive(server.url)
  for (const args of [[], [{}, {}], [null], ['text'], [[]], [Buffer.from('bytes')]]) {
    const answer = await client.requestRaw('speak:stepDown', ...args)
    t.match(answer, { ok: false, error: { code: 'VALIDATION' } }, `${args.length} arguments`)
  }
  const untyped: Socket = client.socket
  untyped.emit('speak:stepDown', {})
  t.match(await client.requestRaw('show:resync', {}), { ok: true }, 'the socket still works')
})

t.test('a message over 16 KiB is rejected, and one over 64 KiB closes the socket', async t => {
  const { client } = await goLive(server.url)
  t.equal(await client.requestError('show:announce', { text: 'x'.repeat(20_000) }), 'PAYLOAD_TOO_LARGE')
  t.ok(client.socket.connected)
  const closed = new Promise(resolve => client.socket.once('disconnect', resolve))
  client.socket.emit('show:announce', { text: 'x'.repeat(70_000) }, () => {})
  await closed
  t.pass('the socket is closed')
})

t.test('a flood closes its own socket only', async t => {
  const strict = await startServer()
  t.teardown(async () => await strict.close())
  const { client: bystander, showId } = await goLive(strict.url)
  const person = await signIn(strict.url, 'Flood')
  const flood = await person.connect()
  await flood.join(showId)
  const closed = new Promise(resolve => flood.socket.once('disconnect', resolve))
  // Together with the join this is one less than four times the limit.
  const answers = await Promise.all(Array.from({ length: 198 }, async () => await flood.requestRaw('show:resync', {})))
  t.same([...new Set(answers.map(answer => (answer.ok ? 'ok' : answer.error.code)))], ['ok', 'RATE_LIMITED'])
  t.ok(flood.socket.connected)
  flood.socket.emit('show:resync', {}, () => {})
  await closed
  t.ok(bystander.socket.connected)
  t.match(await bystander.requestRaw('show:resync', {}), { ok: true })
})

t.test('handshakes with invalid tokens are rejected', async t => {
  const connectWith = async (auth: object) =>
    await new Promise(resolve => {
      const socket = io(server.url, { transports: ['websocket'], auth, reconnection: false, forceNew: true })
      socket.once('connect_error', (error: Error & { data?: { code: string } }) => resolve(error.data?.code))
      socket.once('connect', () => {
        socket.disconnect()
        resolve('connected')
      })
    })
  t.equal(await connectWith({}), 'UNAUTHENTICATED')
  t.equal(await connectWith({ token: 7 }), 'UNAUTHENTICATED')
  t.equal(await connectWith({ token: 'a.b.c' }), 'UNAUTHENTICATED')
  const { token } = await signIn(server.url, 'Somebody')
  const [header, , signature] = token.split('.')
  const forged = Buffer.from(JSON.stringify({ sub: 'me', sid: 'x', guest: false, exp: 9_999_999_999 })).toString(
    'base64url'
  )
  t.equal(await connectWith({ token: `${header}.${forged}.${signature}` }), 'UNAUTHENTICATED')
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid: 'local' })).toString('base64url')
  t.equal(await connectWith({ token: `${none}.${forged}.` }), 'UNAUTHENTICATED')
  t.equal(await connectWith({ token }), 'connected')
})
