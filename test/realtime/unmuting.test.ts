import t from 'tap'
import { goLive, grantFloor } from '../users.ts'
import { startApp } from './real-app.ts'

const { url } = await startApp(t)

t.test('a person unmutes at most ten times in ten seconds, over all their sockets, and can always mute', async t => {
  const { creator, client } = await goLive(url)
  const { client: otherHost, showId: otherShowId } = await goLive(url)
  const other = await creator.connect()
  await other.join(otherShowId)
  await grantFloor(otherHost, other)
  const userId = creator.id
  for (let n = 0; n < 10; n++) {
    const socket = n % 2 === 0 ? client : other
    await socket.request('mute:set', { userId, muted: true })
    await socket.request('mute:set', { userId, muted: false })
  }
  for (const socket of [client, other]) {
    await socket.request('mute:set', { userId, muted: true })
    const answer = await socket.requestRaw('mute:set', { userId, muted: false })
    t.match(answer, { ok: false, error: { code: 'RATE_LIMITED', message: /unmuted too often/ } })
    const waitMs = answer.ok ? 0 : (answer.error.retryAfterMs ?? 0)
    t.ok(Number.isInteger(waitMs) && waitMs > 0 && waitMs <= 10_000, `${waitMs} ms`)
  }
  const { snapshot } = await client.request('show:resync', {})
  t.match(snapshot.stage, [{ userId, muted: true }], 'still muted')
  t.equal(
    client.roomEvents.filter(({ event }) => event.type === 'mute:changed').length,
    11,
    'a refused unmute is no event'
  )
  for (let n = 0; n < 80; n++) {
    t.match(await client.requestRaw('mute:set', { userId, muted: true }), { ok: true }, 'above the limit of the socket')
  }
  t.equal(await client.requestError('show:resync', {}), 'RATE_LIMITED', 'other events keep that limit')
  t.equal(client.roomEvents.at(-1)?.event.type, 'mute:changed')
  for (const socket of [client, other, otherHost]) socket.disconnect()
})
