import t from 'tap'
import { testAtNight } from '../../depth.ts'
import type { Tokens } from '../../../contract/auth.ts'
import { call, connectClient, goLive, grantFloor, joinShow, type ShowClient } from '../../users.ts'
import { startNodesBehindProxy } from './nodes-behind-proxy.ts'
import { until } from './until.ts'

async function signInTo(url: string): Promise<Tokens> {
  return await call<Tokens>(url, 'POST', '/v1/auth/dev-login', { displayName: 'Ada' })
}

function watch({ socket }: ShowClient): { isExpired: boolean } {
  const seen = { isExpired: false }
  socket.on('session:expired', () => {
    seen.isExpired = true
  })
  return seen
}

t.test('a sign-out, a new name and a notice are known on every node', async t => {
  const { a, b, proxy } = await startNodesBehindProxy(t)

  await t.test('a sign-out on one node closes the sockets on another, and its token is rejected there', async t => {
    const { accessToken, refreshToken } = await signInTo(a.url)
    const { accessToken: otherToken } = await signInTo(a.url)
    const ended = watch(await connectClient(b.url, accessToken))
    const other = watch(await connectClient(b.url, otherToken))
    await call(b.url, 'GET', '/v1/users/me', undefined, accessToken)
    await call(a.url, 'POST', '/v1/auth/logout', { refreshToken })
    await until(() => ended.isExpired, 2000)
    await t.rejects(call(b.url, 'GET', '/v1/users/me', undefined, accessToken), { message: /answered 401/ })
    await call(b.url, 'GET', '/v1/users/me', undefined, otherToken)
    t.notOk(other.isExpired)
  })

  await t.test('a new name reaches the members on both nodes once', async t => {
    const { client: host, showId } = await goLive(a.url)
    const { user, client: speaker } = await joinShow(b.url, showId, 'Speaker')
    await grantFloor(host, speaker)
    await call(a.url, 'PATCH', '/v1/users/me', { displayName: 'Renamed' }, user.token)
    const isRename = ({ event }: ShowClient['roomEvents'][number]) => event.type === 'stage:renamed'
    await host.waitForEvent('stage:renamed')
    await speaker.waitForEvent('stage:renamed')
    await host.request('show:resync', {})
    await speaker.request('show:resync', {})
    t.equal(host.roomEvents.filter(isRename).length, 1)
    t.equal(speaker.roomEvents.filter(isRename).length, 1)
  })

  await t.test('a notice reaches a person on another node', async t => {
    const { accessToken, user } = await signInTo(a.url)
    const client = await connectClient(b.url, accessToken)
    const notice = client.nextMessage('song:status')
    a.app.notices.send(user.id, 'song:status', { songId: 'song-1', status: 'processing' })
    t.match(await notice, { songId: 'song-1', status: 'processing' })
  })

  await testAtNight(t, 'a node that hears nothing finds a sign-out in the store within some seconds', async t => {
    const { accessToken, refreshToken } = await signInTo(a.url)
    const ended = watch(await connectClient(b.url, accessToken))
    await proxy.cut()
    await call(a.url, 'POST', '/v1/auth/logout', { refreshToken })
    await until(() => ended.isExpired, 5000)
    await t.rejects(call(b.url, 'GET', '/v1/users/me', undefined, accessToken), { message: /answered 401/ })
    await proxy.restore()
  })

  await testAtNight(t, 'a sign-out on a node that cannot tell the others ends there a little later', async t => {
    const { accessToken, refreshToken } = await signInTo(a.url)
    const ended = watch(await connectClient(a.url, accessToken))
    await proxy.cut()
    await call(b.url, 'POST', '/v1/auth/logout', { refreshToken })
    await until(() => ended.isExpired, 12_000)
    await t.rejects(call(a.url, 'GET', '/v1/users/me', undefined, accessToken), { message: /answered 401/ })
    await proxy.restore()
  })
})
