import { io } from 'socket.io-client'
import t from 'tap'
import { signIn } from '../../users.ts'
import { waitForClose, tryHandshake, sendRaw, startApp, until } from '../real-app.ts'

const { socketApp: app, url } = await startApp(t)

t.test('a handshake without a valid token is refused with a code and a message', async t => {
  const { id, token } = await signIn(url, 'Somebody')
  const {
    payload: { sid }
  } = app.jwt.decode<{ payload: { sid: string } }>(token, { complete: true })!
  const expired = app.jwt.sign({ sub: id, sid, guest: false, exp: Math.floor(Date.now() / 1000) - 1 })
  const ofNobody = app.jwt.sign({ sub: 'nobody', sid, guest: false, exp: Math.floor(Date.now() / 1000) + 60 })
  for (const [auth, code] of [
    [{}, 'UNAUTHENTICATED'],
    [{ token: '' }, 'UNAUTHENTICATED'],
    [{ token: { $ne: '' } }, 'UNAUTHENTICATED'],
    [{ token: 'x'.repeat(5000) }, 'UNAUTHENTICATED'],
    [{ token: `${token}x` }, 'UNAUTHENTICATED'],
    [{ token: ofNobody }, 'UNAUTHENTICATED'],
    [{ token: expired }, 'TOKEN_EXPIRED']
  ] as const) {
    const { refusal, socket } = await tryHandshake(url, auth)
    t.match(refusal, { code, message: /\w/ }, `${JSON.stringify(auth).slice(0, 40)}`)
    t.notOk(socket.connected)
  }
})

t.test('a sixth socket of one person is refused until another one is closed', async t => {
  const { token } = await signIn(url, 'Somebody')
  const five = await Promise.all(Array.from({ length: 5 }, async () => await tryHandshake(url, { token })))
  t.same(
    five.map(({ refusal }) => refusal),
    [null, null, null, null, null]
  )
  t.match((await tryHandshake(url, { token })).refusal, { code: 'RATE_LIMITED', retryAfterMs: Number })
  const other = await signIn(url, 'Another')
  t.equal((await tryHandshake(url, { token: other.token })).refusal, null, 'other people are not affected')
  five[0]!.socket.disconnect()
  await until(async () => (await tryHandshake(url, { token })).refusal === null)
})

t.test('a socket that disconnects during the handshake does not count', async t => {
  const { token } = await signIn(url, 'Somebody')
  const { findPerson } = app.users
  const lookup = Promise.withResolvers<void>()
  let lookupCount = 0
  app.users.findPerson = async userId => {
    lookupCount++
    await lookup.promise
    return await findPerson(userId)
  }
  t.teardown(() => {
    app.users.findPerson = findPerson
  })
  const before = await connectionCount()
  const disconnecting = Array.from({ length: 5 }, () =>
    io(url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true })
  )
  await until(() => lookupCount === 5)
  for (const socket of disconnecting) socket.disconnect()
  await until(async () => (await connectionCount()) <= before)
  lookup.resolve()
  app.users.findPerson = findPerson
  const five = await Promise.all(Array.from({ length: 5 }, async () => await tryHandshake(url, { token })))
  t.same(
    five.map(({ refusal }) => refusal),
    [null, null, null, null, null]
  )
  for (const { socket } of five) socket.disconnect()
})

t.test('a socket whose sign-in ends during the handshake is closed', async t => {
  const { token } = await signIn(url, 'Somebody')
  const {
    payload: { sid }
  } = app.jwt.decode<{ payload: { sid: string } }>(token, { complete: true })!
  const { isRevoked } = app.sessions
  let checkCount = 0
  app.sessions.isRevoked = id => isRevoked(id) || (id === sid && ++checkCount > 1)
  t.teardown(() => {
    app.sessions.isRevoked = isRevoked
  })
  const { socket, refusal } = await tryHandshake(url, { token })
  t.equal(refusal, null)
  if (socket.connected) await waitForClose(socket)
  t.notOk(socket.connected)
})

t.test('a second handshake on a connection closes it', async t => {
  const { token } = await signIn(url, 'Somebody')
  const first = await tryHandshake(url, { token })
  const closed = waitForClose(first.socket)
  sendRaw(first.socket, '1', `0${JSON.stringify({ token })}`)
  await closed
  const second = await tryHandshake(url, { token })
  const goneToo = waitForClose(second.socket)
  sendRaw(second.socket, `0${JSON.stringify({ token })}`)
  await goneToo
  t.pass('a second handshake cannot reset the limits')
})

t.test('HTTP polling is rejected, and the Socket.io client is not served', async t => {
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 400)
  t.not((await fetch(`${url}/socket.io/socket.io.js`)).status, 200)
})

t.test('a draining server refuses sockets, notifies connected ones, and closes', async t => {
  const { socketApp: app, url } = await startApp(t)
  const { token } = await signIn(url, 'Somebody')
  const { socket } = await tryHandshake(url, { token })
  app.readiness.startDraining()
  await t.rejects(tryHandshake(url, { token }), 'the connection is refused')
  const drained = new Promise(resolve => socket.once('session:drain', resolve))
  const closed = waitForClose(socket)
  await app.close()
  t.match(await drained, { reconnectAfterMs: Number })
  await closed
})

async function connectionCount(): Promise<number> {
  return await new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => {
      if (error) reject(error)
      else resolve(count)
    })
  )
}
