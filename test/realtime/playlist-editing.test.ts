import t from 'tap'
import { goLive, joinShow } from '../users.ts'
import { startApp } from './real-app.ts'

const { url } = await startApp(t, { LIMIT_EVENTS_PER_10S: '20' })
const { client: host, showId } = await goLive(url)
const { user: cohost, client } = await joinShow(url, showId, 'Co-host')
const { client: listener } = await joinShow(url, showId, 'Listener')
t.teardown(() => [host, client, listener].forEach(one => one.disconnect()))
await host.request('cohost:set', { userId: cohost.id, cohost: true })
await client.waitForEvent('cohost:changed')

t.test('the other hosts learn what a host edits, without an event of the room', async t => {
  const overheard: string[] = []
  listener.socket.onAny((event: string) => overheard.push(event))
  const countEvents = () => host.roomEvents.length + host.queueEvents.length
  const before = countEvents()
  const told = host.nextMessage('playlist:editors')
  t.same(await client.request('playlist:editing', { itemId: 'item-1', action: 'moving' }), {})
  const person = { id: cohost.id, displayName: 'Co-host', avatarUrl: null }
  t.same(await told, { editors: [{ person, itemId: 'item-1', action: 'moving' }] })
  // Later messages to a listener prove that nothing was sent before.
  const reacted = listener.nextMessage('reactions')
  await client.request('reaction:send', { emoji: '👏' })
  await reacted
  t.notOk(overheard.includes('playlist:editors'), 'listeners are told nothing')
  t.equal(countEvents(), before, 'it is no event of the room')
})

t.test('signs have a schema and a limit', async t => {
  for (const sign of [{}, { itemId: 'a b', action: 'moving' }, { itemId: null, action: 'eating' }, { action: null }]) {
    t.equal(await listener.requestError('playlist:editing', sign), 'VALIDATION', JSON.stringify(sign))
  }
  t.equal(await listener.requestError('playlist:editing', { itemId: null, action: 'adding' }), 'FORBIDDEN')
  const answers = await Promise.all(
    Array.from({ length: 21 }, async () => await client.requestRaw('playlist:editing', { itemId: null, action: null }))
  )
  t.match(answers.at(-1), { ok: false, error: { code: 'RATE_LIMITED' } })
})
