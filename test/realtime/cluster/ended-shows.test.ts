import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createMemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import { createMemoryStore } from '../live/memory-store.ts'
import { createRealtimeUnderTest } from '../live/show-under-test.ts'
import { until } from '../real-app.ts'
import { creator, listeners, showWith } from '../room/people.ts'
import { ask } from './nodes.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const showCount = 200
/** The last handle of a show stays until the next show. */
const keptAtMost = 2

t.test('a node keeps neither the rooms of its shows that ended nor the states of those of other nodes', async t => {
  const shows = Array.from({ length: showCount }, (_, index) => ({ ...showWith(3), id: `show-${index}` }))
  const cluster = createMemoryCluster()
  const store = createMemoryStore(shows)
  const [a, b] = ['a', 'b'].map(nodeId => {
    const bus = cluster.join({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })
    return createRealtimeUnderTest(store, undefined, undefined, { bus, isShared: true })
  })
  if (!a || !b) return
  t.teardown(async () => {
    await Promise.all([a.close(), b.close()])
  })
  const states: WeakRef<object>[] = []
  const homes: WeakRef<object>[] = []
  for (const { id: showId } of shows) {
    await a.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
    const host = a.connect(creator)
    const listener = b.connect(listeners[0])
    await ask(host, 'show:join', { showId })
    await ask(listener, 'show:join', { showId })
    const replica = await b.nodeRooms.awaitRoom(showId)
    const home = a.rooms.find(showId)
    if (!home || !replica) throw new Error('the show has no room')
    // The settings are a part of every state of the replica, and came to this node for it alone.
    states.push(new WeakRef(replica.state.room.settings))
    homes.push(new WeakRef(home))
    await a.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:end' })
    host.disconnect()
    listener.disconnect()
    // The test itself keeps every socket, and a socket its room.
    a.sockets.length = 0
    b.sockets.length = 0
  }
  await until(() => a.rooms.showIds().length === 0)
  let kept = 2 * showCount
  await until(async () => {
    await setImmediate()
    collectGarbage()
    kept = [...states, ...homes].filter(object => object.deref()).length
    return kept <= keptAtMost
  })
  t.pass(`${kept} of ${2 * showCount} are kept`)
  for (const { id } of shows) if (a.audios.find(id) ?? b.audios.find(id)) t.fail(`the audio of ${id} is kept`)
  t.same([...a.faults, ...b.faults], [])
})
