import t from 'tap'
import { parseEntry } from '../../../realtime/cluster/entries.ts'
import { until } from '../real-app.ts'
import { creator, listeners } from '../room/people.ts'
import { ask, receivedBy, startNodes } from './nodes.ts'

t.test('members on two nodes are in one show', async t => {
  const { nodes, showId, store } = await startNodes(t)
  const [a, b] = nodes
  const host = a!.connect(creator)
  const listener = b!.connect(listeners[0])
  await ask(host, 'show:join', { showId })
  const { snapshot, sessionId } = await ask(listener, 'show:join', { showId })
  t.match(sessionId, /^b_/, 'the presence names its node')
  t.equal(snapshot.status, 'live')
  t.equal(a!.rooms.find(showId)!.state.listenerCount, 1, 'the home counts the listener')

  const { requestId } = await ask(listener, 'speak:request', { reason: 'a question' })
  t.ok(receivedBy(host).includes('speak:requested'), 'the host learns of the request')
  await ask(host, 'speak:answer', { requestId, accept: true })
  await until(() => receivedBy(listener).includes('floor:granted'))
  t.notOk(receivedBy(listener).includes('speak:withdrawn'))

  const sent = await ask(listener, 'comment:send', { clientId: 'c1', text: 'hello' })
  const again = await ask(listener, 'comment:send', { clientId: 'c1', text: 'hello' })
  t.same(again, sent, 'a comment is stored once')
  t.equal(a!.comments.stored.length, 1)
  t.equal(b!.comments.stored.length, 0, 'by the home')
  a!.flushComments()
  await until(() => receivedBy(listener).includes('comments'))
  t.ok(receivedBy(host).includes('comments'))

  await ask(host, 'show:announce', { text: 'welcome' })
  await until(() => receivedBy(listener).includes('announcement'))
  await ask(listener, 'reaction:send', { emoji: '👏' })
  await until(() => receivedBy(host).includes('reactions') && receivedBy(listener).includes('reactions'))

  const versions = listener.received.flatMap(message =>
    message.event === 'room:event' ? [message.payload.version] : []
  )
  t.same(
    versions,
    versions.toSorted((x, y) => x - y),
    'events arrive in order'
  )
  t.equal(new Set(versions).size, versions.length, 'and once')

  listener.disconnect()
  await until(() => a!.rooms.find(showId)!.state.listenerCount === 0)
  await a!.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  await until(() => store.data.get(showId)!.status === 'ended')
  t.same([...a!.faults, ...b!.faults], [])
})

t.test('a comment is one entry of the stream', async t => {
  const entries: string[] = []
  const { nodes, showId } = await startNodes(t, {
    wrapBus: bus => ({
      ...bus,
      async publish(id, token, entry) {
        entries.push(entry)
        await bus.publish(id, token, entry)
      }
    })
  })
  const [a, b] = nodes
  const listener = b!.connect(listeners[0])
  await ask(listener, 'show:join', { showId })
  await ask(listener, 'comment:send', { clientId: 'c1', text: 'hello' })
  a!.flushComments()
  await until(() => receivedBy(listener).includes('comments'))
  t.ok(a!.rooms.find(showId)!.state.lastComments.has(listeners[0]), 'the home counts it for slow mode')
  const carried = entries.map(parseEntry).flatMap(entry => {
    if (entry?.kind === 'events') return entry.events.map(({ type }) => type)
    return entry?.kind === 'message' ? [entry.event] : []
  })
  t.same(
    carried.filter(name => name !== 'audience'),
    ['member:arrived', 'comments']
  )
})

t.test('members of the other node get the end of the show', async t => {
  const { nodes, showId } = await startNodes(t)
  const [a, b] = nodes
  const listener = b!.connect(listeners[0])
  await ask(listener, 'show:join', { showId })
  await a!.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  await until(() => receivedBy(listener).includes('show:ended'))
  t.ok(listener.connected)
  t.equal(listener.data.membership, null)
  t.match(await listener.request('show:join', { showId }), { ok: false, error: { code: 'SHOW_ENDED' } })
})

t.test('a person who joins on another node is replaced on the first', async t => {
  const { nodes, showId } = await startNodes(t)
  const [a, b] = nodes
  const first = a!.connect(listeners[0])
  await ask(first, 'show:join', { showId })
  const second = b!.connect(listeners[0])
  await ask(second, 'show:join', { showId })
  t.notOk(first.connected)
  t.ok(receivedBy(first).includes('session:replaced'))
  const third = a!.connect(listeners[0])
  await ask(third, 'show:join', { showId })
  await until(() => !second.connected)
  t.ok(receivedBy(second).includes('session:replaced'))
  t.equal(a!.rooms.find(showId)!.state.listenerCount, 1)
})

t.test('when the home dies, another node becomes the home and its members notice nothing', async t => {
  const { nodes, showId, cluster, store } = await startNodes(t, { count: 3 })
  const [a, b, c] = nodes
  const host = b!.connect(creator)
  const listener = b!.connect(listeners[0])
  const other = c!.connect(listeners[1])
  const lost = a!.connect(listeners[2])
  for (const socket of [host, listener, other, lost]) await ask(socket, 'show:join', { showId })
  await ask(listener, 'speak:request', { reason: '' })
  cluster.cut('a')
  await until(() => b!.rooms.find(showId) !== undefined || c!.rooms.find(showId) !== undefined)
  await ask(host, 'mute:set', { userId: creator, muted: true })
  await ask(other, 'speak:request', { reason: 'after' })
  const home = (b!.rooms.find(showId) ?? c!.rooms.find(showId))!
  await until(() => home.state.members.size === 3)
  t.equal(home.state.room.status, 'live', 'not interrupted')
  t.same(
    home.state.room.queue.map(({ userId }) => userId),
    [listeners[0], listeners[1]]
  )
  t.notOk(receivedBy(host).includes('show:interrupted'))
  for (const socket of [host, listener, other]) t.ok(socket.connected)
  await until(() => receivedBy(host).filter(name => name === 'speak:requested').length === 2)
  const records = store.data.get(showId)!.records
  t.same(
    records.map(({ seq }) => seq),
    records.map((_, index) => index + 1)
  )
})

t.test('the home does not wait for the audio of each speaker of a lost node', async t => {
  const { nodes, showId, cluster } = await startNodes(t)
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId })
  for (const userId of listeners.slice(0, 3)) {
    const speaker = b!.connect(userId)
    await ask(speaker, 'show:join', { showId })
    const { requestId } = await ask(speaker, 'speak:request', { reason: '' })
    await ask(host, 'speak:answer', { requestId, accept: true })
  }
  const suspended = () => receivedBy(host).filter(name => name === 'stage:suspended').length
  const cutAt = performance.now()
  cluster.cut('b')
  await until(() => suspended() === 3)
  // It is lost after 300 ms. The home gives a node 500 ms to change the audio of each speaker.
  t.ok(performance.now() - cutAt < 1200)
})

t.test(
  'a home that is cut off sends its members away when another node has its show, though none of them acts',
  async t => {
    const { nodes, showId, cluster } = await startNodes(t)
    const [a, b] = nodes
    const host = a!.connect(creator)
    await ask(host, 'show:join', { showId })
    await ask(b!.connect(listeners[0]), 'show:join', { showId })
    cluster.cut('a')
    await until(() => b!.rooms.find(showId) !== undefined)
    await until(() => !host.connected)
    t.equal(a!.rooms.find(showId), undefined)
  }
)
