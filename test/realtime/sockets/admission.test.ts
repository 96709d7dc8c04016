import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createAmbient } from '../../../client/index.ts'
import { createFakeWebRtc } from '../../client/fake-audio.ts'
import { waitForView } from '../../client/test-client.ts'
import { goLive, signIn } from '../../users.ts'
import { startApp, tryHandshake, until } from '../real-app.ts'

/** Asks for an upgrade to WebSocket, as a proxy passes it on, and reads an answer that refuses it. */
async function refusedUpgrade(url: string): Promise<{ response: IncomingMessage; body: string }> {
  const asked = request(`${url}/socket.io/?EIO=4&transport=websocket`, {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA=='
    }
  })
  asked.end()
  const [response] = await once(asked, 'response')
  return { response, body: await text(response) }
}

const refusals = async (url: string, reason: string) => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const sample = new RegExp(`^ambient_realtime_connections_refused_total{reason="${reason}"} (\\d+)`, 'm')
  return Number(sample.exec(metrics)?.[1] ?? 0)
}

t.test('a full server answers 503 to a new connection, and serves the ones it has', async t => {
  const { url } = await startApp(t, { LIMIT_SOCKETS: '2' })
  const { token } = await signIn(url, 'Somebody')
  const first = await tryHandshake(url, { token })
  t.same(await (await fetch(`${url}/readyz`)).json(), { status: 'ok' })
  const second = await tryHandshake(url, { token })
  const { response, body } = await refusedUpgrade(url)
  t.equal(response.statusCode, 503)
  t.match(response.headers, { 'retry-after': '5', 'content-type': /^application\/json/, connection: 'close' })
  t.match(JSON.parse(body), {
    statusCode: 503,
    code: 'UNAVAILABLE',
    error: 'Service Unavailable',
    message: /full/,
    retryAfterMs: 5000
  })
  const polling = await fetch(`${url}/socket.io/?EIO=4&transport=polling`)
  t.equal(polling.status, 503)
  t.match(await polling.json(), { code: 'UNAVAILABLE' })
  t.equal(await refusals(url, 'full'), 2)
  t.same(await (await fetch(`${url}/readyz`)).json(), { status: 'ok', degraded: ['full'] })
  t.ok(first.socket.connected && second.socket.connected)
  first.socket.disconnect()
  await until(async () => {
    const { socket } = await tryHandshake(url, { token }).catch(() => ({ socket: null }))
    return socket?.connected ?? false
  })
})

t.test('many connections at once do not exceed the limit', async t => {
  const { app, url } = await startApp(t, { LIMIT_SOCKETS: '3', LIMIT_SOCKETS_PER_PERSON: '100' })
  const { token } = await signIn(url, 'Somebody')
  const tries = await Promise.allSettled(Array.from({ length: 12 }, async () => await tryHandshake(url, { token })))
  t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 3)
  t.equal(await refusals(url, 'full'), 9)
  t.ok(app.server.listening)
})

t.test('a draining server answers 503', async t => {
  const { app, url } = await startApp(t)
  app.readiness.startDraining()
  const { response, body } = await refusedUpgrade(url)
  t.equal(response.statusCode, 503)
  t.equal(response.headers['retry-after'], '1')
  t.match(JSON.parse(body), { code: 'UNAVAILABLE', retryAfterMs: 1000 })
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 503)
  t.equal(await refusals(url, 'draining'), 2)
})

t.test('without a limit nothing is full', async t => {
  const { url } = await startApp(t)
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 400)
  t.equal(await refusals(url, 'full'), 0)
})

t.test('the SDK goes on trying at a full server, and joins when there is room', async t => {
  const { url } = await startApp(t, { LIMIT_SOCKETS: '2' })
  const { client, showId } = await goLive(url)
  const { token } = await signIn(url, 'Occupant')
  const occupant = await tryHandshake(url, { token })
  const ambient = createAmbient({ url, handlerFactory: createFakeWebRtc().handlerFactory })
  await ambient.account.signIn('With the SDK')
  const room = ambient.joinShow(showId)
  t.teardown(async () => await room.leave())
  await until(async () => (await refusals(url, 'full')) >= 2)
  t.not(room.view.connection, 'closed')
  t.equal(room.view.closed, null)
  occupant.socket.disconnect()
  await waitForView(room, ({ connection }) => connection === 'live')
  t.ok(client.socket.connected)
})
