import t from 'tap'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import type { FakeSocket } from '../live/fake-sockets.ts'
import { until } from '../real-app.ts'
import { candidates, creator, listeners } from '../room/people.ts'
import { ask, receivedBy, startNodes } from './nodes.ts'

const [cohost] = candidates
const [guest, stranger] = listeners
const backstage = [
  { userId: cohost, role: 'cohost' },
  { userId: guest!, role: 'guest' }
] as const

const refusalOf = async (socket: FakeSocket, showId: string, more = {}) =>
  await socket.request('show:join', { showId, ...more })

t.test('people of two nodes meet backstage, and either node opens the doors', async t => {
  const { nodes, showId, store } = await startNodes(t, { backstage })
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId, backstage: true })
  const other = b!.connect(cohost)
  const { snapshot } = await ask(other, 'show:join', { showId, backstage: true })
  t.match(snapshot, { status: 'scheduled', me: { role: 'cohost', speak: 'granted' } })
  const outside = b!.connect(stranger!)
  t.match(await refusalOf(outside, showId), { ok: false, error: { code: 'SHOW_NOT_LIVE' } })
  t.match(await refusalOf(outside, showId, { backstage: true }), { ok: false, error: { code: 'SHOW_NOT_LIVE' } })
  t.equal(await b!.nodeRooms.findPlace(showId, stranger!), undefined)
  t.equal(await b!.nodeRooms.findPlace(showId, cohost), 'host')

  store.data.get(showId)!.status = 'live'
  await b!.nodeRooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
  await until(() => receivedBy(other).includes('show:started') && receivedBy(host).includes('show:started'))
  const live = await ask(other, 'show:resync', {})
  t.match(live.snapshot, { status: 'live', cohostIds: [cohost], me: { speak: 'granted' } })
  t.same((await ask(host, 'show:resync', {})).snapshot.version, live.snapshot.version)
  t.match((await ask(outside, 'show:join', { showId })).snapshot, { version: live.snapshot.version })
  const events = store.data.get(showId)!.records.map(({ event }) => event.type)
  t.same(events, ['home:taken', 'show:started', 'cohost:changed', 'floor:granted'])
  t.ok(other.connected && host.connected, 'nobody connects again')
})

t.test('an invitation that is withdrawn at one node ends the place at another', async t => {
  const { nodes, showId } = await startNodes(t, { backstage })
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId, backstage: true })
  const other = b!.connect(guest!)
  await ask(other, 'show:join', { showId, backstage: true })
  await b!.nodeRooms.backstageEdited(showId, { version: 2, guests: [backstage[0]] })
  await until(() => receivedBy(other).includes('session:removed'))
  t.match(await refusalOf(b!.connect(guest!), showId, { backstage: true }), { error: { code: 'SHOW_NOT_LIVE' } })
})

t.test('when the home of a backstage is lost, its people meet again at another node, and no door opens', async t => {
  const { cluster, nodes, showId, store } = await startNodes(t, { backstage })
  const [a, b] = nodes
  await ask(a!.connect(creator), 'show:join', { showId, backstage: true })
  const other = b!.connect(cohost)
  await ask(other, 'show:join', { showId, backstage: true })
  cluster.cut('a')
  await until(() => !other.connected)
  const again = b!.connect(cohost)
  await until(async () => (await refusalOf(again, showId, { backstage: true }))?.ok === true)
  t.match((await ask(again, 'show:resync', {})).snapshot, { status: 'scheduled', me: { role: 'cohost' } })
  t.ok(b!.rooms.find(showId))
  t.ok(store.data.get(showId)!.records.every(({ event }) => event.type === 'home:taken'))
})

t.test('a node that stops closes the backstage instead of giving it to another node', async t => {
  const { nodes, showId, store } = await startNodes(t, { backstage })
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId, backstage: true })
  const other = b!.connect(cohost)
  await ask(other, 'show:join', { showId, backstage: true })
  t.equal(await a!.nodeRooms.handOverAll(), true)
  t.notOk(host.connected, 'people of the stopping node connect again at once')
  await until(() => !other.connected)
  t.equal(b!.rooms.find(showId), undefined)
  const again = b!.connect(cohost)
  await ask(again, 'show:join', { showId, backstage: true })
  t.ok(b!.rooms.find(showId), 'it opens again where people come')
  t.ok(store.data.get(showId)!.records.every(({ event }) => event.type === 'home:taken'))
})

t.test('an edit reaches the room of a planned show while nobody is there', async t => {
  const { nodes, showId, store } = await startNodes(t, { backstage })
  const [a, b] = nodes
  const early = a!.connect(guest!)
  const { snapshot } = await ask(early, 'show:join', { showId, backstage: true })
  await ask(early, 'show:leave', {})
  const settings = { ...snapshot.settings, slowModeMs: 5000 }
  await b!.nodeRooms.showEdited(showId, {
    version: 9,
    title: 'Edited',
    description: '',
    tags: [],
    coverUrl: null,
    settings
  })
  store.data.get(showId)!.status = 'live'
  await b!.nodeRooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
  const live = await ask(b!.connect(stranger!), 'show:join', { showId })
  t.match(live.snapshot, { status: 'live', title: 'Edited', settings: { slowModeMs: 5000 } })
})

/** Starts nodes that receive no entry of a show with this event. */
async function startWithout(t: Parameters<typeof startNodes>[0], eventType: string) {
  const wrapBus = (bus: Bus): Bus => ({
    ...bus,
    follow: async (showId, take) => await bus.follow(showId, entry => entry.includes(eventType) || take(entry))
  })
  return await startNodes(t, { backstage, wrapBus })
}

t.test('people who missed something backstage connect again when the doors open', async t => {
  const { nodes, showId, store } = await startWithout(t, 'stage:left')
  const [a, b] = nodes
  await ask(a!.connect(creator), 'show:join', { showId, backstage: true })
  const early = a!.connect(guest!)
  await ask(early, 'show:join', { showId, backstage: true })
  const other = b!.connect(cohost)
  await ask(other, 'show:join', { showId, backstage: true })
  await ask(early, 'show:leave', {})
  store.data.get(showId)!.status = 'live'
  await a!.nodeRooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
  await until(() => !other.connected)
  const { snapshot } = await ask(b!.connect(cohost), 'show:join', { showId })
  t.notOk(snapshot.stage.some(({ userId }) => userId === guest))
})

t.test('people who missed only the start stay connected', async t => {
  const { nodes, showId, store } = await startWithout(t, 'show:started')
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId, backstage: true })
  const other = b!.connect(cohost)
  await ask(other, 'show:join', { showId, backstage: true })
  store.data.get(showId)!.status = 'live'
  await a!.nodeRooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
  await ask(host, 'show:announce', { text: 'Welcome' })
  await until(() => receivedBy(other).includes('show:started'))
  t.match((await ask(other, 'show:resync', {})).snapshot, { status: 'live' })
  t.ok(other.connected)
})
