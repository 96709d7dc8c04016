import { io } from 'socket.io-client'
import t from 'tap'
import { signIn } from '../../users.ts'
import { closed, knock, sendRaw, startApp, until } from '../real-app.ts'

const { app, url } = await startApp(t)

t.test('who has no good token stays outside, and is told why', async t => {
  const { id, token } = await signIn(url, 'Somebody')
  const {
    payload: { sid }
  } = app.jwt.decode<{ payload: { sid: string } }>(token, { complete: true })!
  const over = app.jwt.sign({ sub: id, sid, guest: false, exp: Math.floor(Date.now() / 1000) - 1 })
  const nobody = app.jwt.sign({ sub: 'nobody', sid, guest: false, exp: Math.floor(Date.now() / 1000) + 60 })
  for (const [auth, code] of [
    [{}, 'UNAUTHENTICATED'],
    [{ token: '' }, 'UNAUTHENTICATED'],
    [{ token: { $ne: '' } }, 'UNAUTHENTICATED'],
    [{ token: 'x'.repeat(5000) }, 'UNAUTHENTICATED'],
    [{ token: `${token}x` }, 'UNAUTHENTICATED'],
    [{ token: nobody }, 'UNAUTHENTICATED'],
    [{ token: over }, 'TOKEN_EXPIRED']
  ] as const) {
    const { refusal, socket } = await knock(url, auth)
    t.match(refusal, { code, message: /\w/ }, `${JSON.stringify(auth).slice(0, 40)}`)
    t.notOk(socket.connected)
  }
})

t.test('a sixth socket of one person is refused until one has gone', async t => {
  const { token } = await signIn(url, 'Somebody')
  const five = await Promise.all(Array.from({ length: 5 }, async () => await knock(url, { token })))
  t.same(
    five.map(({ refusal }) => refusal),
    [null, null, null, null, null]
  )
  t.match((await knock(url, { token })).refusal, { code: 'RATE_LIMITED', retryAfterMs: Number })
  const other = await signIn(url, 'Another')
  t.equal((await knock(url, { token: other.token })).refusal, null, 'others are not concerned')
  five[0]!.socket.disconnect()
  await until(async () => (await knock(url, { token })).refusal === null)
})

t.test('who vanishes during the handshake takes no place', async t => {
  const { token } = await signIn(url, 'Somebody')
  const { findPerson } = app.users
  const gate = Promise.withResolvers<void>()
  let looked = 0
  app.users.findPerson = async userId => {
    looked++
    await gate.promise
    return await findPerson(userId)
  }
  t.teardown(() => {
    app.users.findPerson = findPerson
  })
  const before = await connections()
  const vanishing = Array.from({ length: 5 }, () =>
    io(url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true })
  )
  await until(() => looked === 5)
  for (const socket of vanishing) socket.disconnect()
  await until(async () => (await connections()) <= before)
  gate.resolve()
  app.users.findPerson = findPerson
  const five = await Promise.all(Array.from({ length: 5 }, async () => await knock(url, { token })))
  t.same(
    five.map(({ refusal }) => refusal),
    [null, null, null, null, null]
  )
  for (const { socket } of five) socket.disconnect()
})

t.test('a sign-in that ends during the handshake lets nobody in', async t => {
  const { token } = await signIn(url, 'Somebody')
  const {
    payload: { sid }
  } = app.jwt.decode<{ payload: { sid: string } }>(token, { complete: true })!
  const { isRevoked } = app.sessions
  let looks = 0
  app.sessions.isRevoked = id => isRevoked(id) || (id === sid && ++looks > 1)
  t.teardown(() => {
    app.sessions.isRevoked = isRevoked
  })
  const { socket, refusal } = await knock(url, { token })
  t.equal(refusal, null)
  if (socket.connected) await closed(socket)
  t.notOk(socket.connected)
})

t.test('a connection has one handshake', async t => {
  const { token } = await signIn(url, 'Somebody')
  const twice = await knock(url, { token })
  const gone = closed(twice.socket)
  sendRaw(twice.socket, '1', `0${JSON.stringify({ token })}`)
  await gone
  const again = await knock(url, { token })
  const goneToo = closed(again.socket)
  sendRaw(again.socket, `0${JSON.stringify({ token })}`)
  await goneToo
  t.pass('a second one would start with fresh limits')
})

t.test('nothing but WebSocket is spoken', async t => {
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 400)
  t.not((await fetch(`${url}/socket.io/socket.io.js`)).status, 200)
})

t.test('a stopping server lets nobody in, tells who is there, and stops', async t => {
  const { app, url } = await startApp(t)
  const { token } = await signIn(url, 'Somebody')
  const { socket } = await knock(url, { token })
  app.readiness.startDraining()
  t.match((await knock(url, { token })).refusal, { code: 'UNAVAILABLE' })
  const told = new Promise(resolve => socket.once('session:drain', resolve))
  const gone = closed(socket)
  await app.close()
  t.match(await told, { reconnectAfterMs: Number })
  await gone
})

async function connections(): Promise<number> {
  return await new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => {
      if (error) reject(error)
      else resolve(count)
    })
  )
}
