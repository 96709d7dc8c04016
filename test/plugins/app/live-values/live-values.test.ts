import pino from 'pino'
import t from 'tap'
import { createLiveValues, type LiveSource, type NodeShow } from '../../../../plugins/app/live-values/live-values.ts'
import { createMemoryPresence } from '../../../../plugins/app/live-values/memory-presence.ts'
import type { PresenceStore } from '../../../../plugins/app/live-values/presence-store.ts'
import { captureLog } from '../../../captured-log.ts'

const listening = { songId: 'song', showId: 'show', isListener: true }

/** Nodes with live values that share a store and a clock. */
function createNodes() {
  const clock = { ms: Date.parse('2027-03-01T12:00:00Z') }
  const memories = { current: createMemoryPresence({ nowMs: () => clock.ms }) }
  const log = captureLog()

  function join(nodeId: string, publicIds: ReadonlySet<string> = new Set(['show'])) {
    const failure: { error: Error | null; ofShows: Error | null; ofAdd: Error | null } = {
      error: null,
      ofShows: null,
      ofAdd: null
    }
    /** The store of this moment, as Redis is one after FLUSHALL: the same, and empty. */
    const store = new Proxy({} as PresenceStore, {
      get: (_, name) => {
        return async (...args: never[]) => {
          if (failure.error) throw failure.error
          if (name === 'add' && failure.ofAdd) throw failure.ofAdd
          const method: unknown = Reflect.get(memoryOf(nodeId), name)
          return typeof method === 'function' ? await method(...args) : undefined
        }
      }
    })
    const values = createLiveValues({
      store,
      async findPublic(ids) {
        if (failure.ofShows) throw failure.ofShows
        return new Set(ids.filter(id => publicIds.has(id)))
      },
      logger: pino(log.stream),
      nowMs: () => clock.ms,
      monotonicMs: () => clock.ms
    })
    return { values, failure }
  }

  const stores = new Map<string, PresenceStore>()
  function memoryOf(nodeId: string): PresenceStore {
    const store = stores.get(nodeId) ?? memories.current.join(nodeId)
    stores.set(nodeId, store)
    return store
  }

  return {
    clock,
    join,
    log,
    flushAll() {
      memories.current = createMemoryPresence({ nowMs: () => clock.ms })
      stores.clear()
    }
  }
}

const sourceOf = (...shows: NodeShow[]): LiveSource => ({ shows: () => shows, moveSeats() {} })
const show: NodeShow = { showId: 'show', songId: 'song', isReported: true, listenerCount: 1 }

t.test('nothing is known before the first refresh', async t => {
  const { join } = createNodes()
  const { values } = join('a')
  t.throws(() => values.get(), { code: 'UNAVAILABLE' })
  t.equal(values.usersConnected(), undefined)
  await values.refresh()
  t.match(values.get(), { usersConnected: 0, showsLive: 0, listeners: 0, topSongs: [] })
})

t.test('people whose node was killed are gone after 30 s, those of living nodes stay', async t => {
  const { clock, join } = createNodes()
  const [killed, living] = [join('a').values, join('b').values]
  killed.bind(sourceOf(show))
  killed.connect('ana').move(listening)
  killed.connect('both')
  living.connect('bo')
  living.connect('both')
  await killed.refresh()
  await living.refresh()
  t.match(living.get(), { usersConnected: 3, listeners: 1, showsLive: 1, topSongs: [{ songId: 'song', users: 1 }] })
  for (let second = 0; second < 30; second++) {
    clock.ms += 1000
    await living.refresh()
    if (second === 10) t.match(living.get(), { usersConnected: 3, listeners: 1 }, 'not at once: it may be slow')
  }
  t.match(living.get(), { usersConnected: 2, listeners: 0, showsLive: 0, topSongs: [], peaks: { usersConnected: 3 } })
  t.equal(living.get().asOf, undefined)
})

t.test('a node sends everybody again in time, however long they stay', async t => {
  const { clock, join } = createNodes()
  const [a, b] = [join('a').values, join('b').values]
  a.connect('ana').move(listening)
  for (let second = 0; second < 120; second++) {
    clock.ms += 1000
    await a.refresh()
    await b.refresh()
    t.equal(b.get().usersConnected, 1)
    t.equal(b.usersOn('song').users, 0, 'a song that nobody of this node plays is not read')
  }
  const seat = b.connect('bo')
  seat.move(listening)
  await b.refresh()
  t.same(b.usersOn('song'), { songId: 'song', users: 2 })
  seat.end()
  await b.refresh()
  await a.refresh()
  t.same(a.usersOn('song'), { songId: 'song', users: 1 })
})

t.test('after the store has lost everything no number is too low, and all are back within 10 s', async t => {
  const { clock, join, flushAll } = createNodes()
  const [a, b] = [join('a').values, join('b').values]
  a.bind(sourceOf(show))
  a.connect('ana').move(listening)
  b.connect('bo').move(listening)
  await a.refresh()
  await b.refresh()
  await a.refresh()
  const before = { usersConnected: 2, listeners: 2, showsLive: 1, topSongs: [{ songId: 'song', users: 2 }] }
  t.match(a.get(), before)
  flushAll()
  const seen: number[] = []
  for (let second = 0; second < 10; second++) {
    await a.refresh()
    seen.push(a.get().usersConnected, a.get().listeners)
    // The other node is slower.
    clock.ms += 1000
    await b.refresh()
    seen.push(b.get().usersConnected, b.get().listeners)
  }
  t.same(new Set(seen), new Set([2]))
  t.match(a.get(), { ...before, asOf: undefined })
  t.match(b.get(), { ...before, asOf: undefined })
})

t.test('without the store the last values stay, with their time; nothing is logged twice', async t => {
  const { clock, join, log } = createNodes()
  const { values, failure } = join('a')
  const seat = values.connect('ana')
  values.connect('bo').move(listening)
  await values.refresh()
  const readAt = new Date(clock.ms).toISOString()
  failure.error = new Error('Connection is closed.')
  for (let second = 0; second < 60; second++) {
    clock.ms += 1000
    await values.refresh()
    t.equal(values.get().usersConnected, 2)
    t.equal(values.get().asOf, second < 5 ? undefined : readAt)
  }
  t.equal(log.text(), '')
  failure.error = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })
  for (let second = 0; second < 5; second++) await values.refresh()
  t.equal(log.text().match(/live values not refreshed/g)?.length, 1)
  seat.end()
  failure.error = null
  await values.refresh()
  clock.ms += 3000
  await values.refresh()
  t.match(values.get(), { usersConnected: 1, asOf: undefined })
})

t.test('shows are public or not at each refresh, and keep it while their store is away', async t => {
  const publicIds = new Set<string>()
  const { join } = createNodes()
  const { values, failure } = join('a', publicIds)
  values.bind(sourceOf(show, { ...show, showId: 'followed', songId: 'other', isReported: false }))
  const seat = values.connect('ana')
  const refresh = async () => {
    seat.move({ songId: 'song', showId: values.isPublic('show') ? 'show' : null, isListener: true })
    await values.refresh()
  }
  await refresh()
  t.match(values.get(), { showsLive: 0, topSongs: [] })
  publicIds.add('show')
  publicIds.add('followed')
  await refresh()
  await refresh()
  t.match(values.get(), { showsLive: 1, listeners: 1, topSongs: [{ songId: 'song', users: 1 }] })
  t.equal(values.get().topSongs.length, 1, 'the home of a show reports its song')
  failure.ofShows = new Error('no answer')
  await refresh()
  t.match(values.get(), { showsLive: 1, listeners: 1, topSongs: [{ songId: 'song', users: 1 }] })
  failure.ofShows = null
  publicIds.clear()
  await refresh()
  t.match(values.get(), { showsLive: 0, topSongs: [] })
})

t.test('a person whom the store did not take is sent again at the next refresh', async t => {
  const { clock, join } = createNodes()
  const [a, b] = [join('a'), join('b').values]
  await a.values.refresh()
  a.values.connect('ana')
  a.failure.ofAdd = new Error('Command timed out')
  await a.values.refresh()
  a.failure.ofAdd = null
  clock.ms += 1000
  await a.values.refresh()
  await b.refresh()
  t.equal(b.get().usersConnected, 1)
})
