import t from 'tap'
import { createMemoryStore, type MemoryStore } from '../live/memory-store.ts'
import type { Delay } from '../live/fake-mediasoup.ts'
import { createRealtimeUnderTest } from '../live/show-under-test.ts'
import { creator, showWith } from '../room/people.ts'

const system = { kind: 'system' } as const

/** Creates a store of shows that were live when their server stopped. */
async function storeAfterCrash(showIds: readonly string[], delay?: Delay): Promise<MemoryStore> {
  const store = createMemoryStore(
    showIds.map(id => ({ ...showWith(3), id })),
    delay
  )
  const { rooms, close } = createRealtimeUnderTest(store)
  for (const showId of showIds) {
    await rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:start' })
  }
  await close()
  return store
}

/** A delay that can be held: operations whose name passes `isHeld` wait until `release`. */
function createHeldDelay() {
  let isHeld = (_operation: string) => false
  let waiting: (() => void)[] = []
  return {
    /** Operations that wait now. */
    get waitingCount() {
      return waiting.length
    },
    hold(isMatch: (operation: string) => boolean) {
      isHeld = isMatch
    },
    release() {
      for (const resolve of waiting) resolve()
      waiting = []
    },
    async delay(operation: string) {
      if (isHeld(operation)) await new Promise<void>(resolve => waiting.push(resolve))
    }
  }
}

/** Lets everything run that waits for nothing from outside. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve))
}

t.test('all live shows are restored, at most four at the same time', async t => {
  const held = createHeldDelay()
  const showIds = Array.from({ length: 10 }, (_, n) => `show-${n}`)
  const store = await storeAfterCrash(showIds, held.delay)
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  held.hold(operation => operation.startsWith('find '))
  const restored = rooms.restore()
  const atOnce: number[] = []
  for (let n = 0; n < showIds.length; n++) {
    await settle()
    if (held.waitingCount > 0) atOnce.push(held.waitingCount)
    held.release()
  }
  await restored
  t.same(atOnce, [4, 4, 2])
  for (const showId of showIds) t.equal(rooms.find(showId)?.state.room.status, 'interrupted')
  await close()
})

t.test('a show that is joined before its turn is restored at once', async t => {
  const held = createHeldDelay()
  const others = ['a', 'b', 'c', 'd', 'e']
  const store = await storeAfterCrash([...others, 'joined'], held.delay)
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  t.match(rooms.findStatus('joined'), { status: 'interrupted' })
  held.hold(operation => operation.startsWith('find ') && operation !== 'find joined')
  const restored = rooms.restore()
  t.equal((await rooms.awaitRoom('joined'))?.state.room.status, 'interrupted')
  t.equal(rooms.find('a'), undefined, 'the others still wait for the store')
  held.hold(() => false)
  held.release()
  await restored
  for (const showId of others) t.ok(rooms.find(showId))
  await close()
})

t.test('a show whose end is in the log but not in the document is ended, not restored', async t => {
  const store = await storeAfterCrash(['over'])
  const { records } = store.data.get('over')!
  records.push({ seq: records.length + 1, at: 2_000_000, event: { type: 'show:ended', reason: 'ended' }, token: 1 })
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  await rooms.restore()
  t.equal(rooms.find('over'), undefined)
  t.match(store.data.get('over'), { status: 'ended', endReason: 'ended' })
  await close()
})

t.test('a show that cannot be restored delays no other show, and a later join restores it', async t => {
  let isBroken = false
  const store = await storeAfterCrash(['broken', 'a', 'b'], async operation => {
    if (isBroken && operation === 'find broken') throw new Error('the database does not answer')
  })
  isBroken = true
  const { rooms, faults, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  const restored = rooms.restore()
  await settle()
  t.ok(rooms.find('a'))
  t.ok(rooms.find('b'))
  t.equal(rooms.find('broken'), undefined)
  t.match(faults, [/show not restored/])
  t.match(rooms.findStatus('broken'), { status: 'interrupted' })
  isBroken = false
  t.equal((await rooms.awaitRoom('broken'))?.state.room.status, 'interrupted')
  await close()
  await restored
})

t.test('a show that cannot be opened keeps an erased person in no other show', async t => {
  let isBroken = false
  const store = await storeAfterCrash(['broken', 'a'], async operation => {
    if (isBroken && operation === 'find broken') throw new Error('the database does not answer')
  })
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  await rooms.awaitRoom('a')
  isBroken = true
  t.equal(rooms.findShowOf(creator), 'a')
  await t.rejects(rooms.forgetPerson(creator), { message: 'the database does not answer' })
  t.equal(rooms.find('a')?.state.room.status ?? 'ended', 'ended', 'their own show has ended')
  isBroken = false
  await rooms.forgetPerson(creator)
  t.equal(rooms.find('broken')?.state.room.status ?? 'ended', 'ended')
  await close()
})

t.test('the show of a creator is the one on air, while the end of another is being stored', async t => {
  const held = createHeldDelay()
  const store = await storeAfterCrash(['a', 'b'], held.delay)
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.findInterrupted()
  await rooms.restore()
  t.equal(rooms.findShowOf(creator), 'a')
  held.hold(operation => operation.endsWith(' a'))
  const ended = rooms.command('a', { kind: 'user', userId: creator }, { type: 'show:end' })
  await settle()
  const found = { status: rooms.find('a')?.state.room.status, showId: rooms.findShowOf(creator) }
  held.hold(() => false)
  held.release()
  await ended
  t.same(found, { status: 'ended', showId: 'b' })
  await close()
})

t.test('a cover that was changed or removed while no server had the room is so when it is restored', async t => {
  const store = await storeAfterCrash(['changed', 'removed'])
  const first = createRealtimeUnderTest(store)
  await first.rooms.findInterrupted()
  await first.rooms.restore()
  const { title, description, settings } = showWith(3)
  for (const id of ['changed', 'removed']) {
    await first.rooms.showEdited(id, { version: 5, title, description, settings, coverUrl: '/v1/covers/ana.first' })
    t.equal(first.rooms.find(id)!.state.room.coverUrl, '/v1/covers/ana.first')
  }
  await first.close()
  Object.assign(store.data.get('changed')!.facts, { version: 6, coverUrl: '/v1/covers/ana.second' })
  Object.assign(store.data.get('removed')!.facts, { version: 6 })
  const second = createRealtimeUnderTest(store)
  await second.rooms.findInterrupted()
  await second.rooms.restore()
  t.equal(second.rooms.find('changed')!.state.room.coverUrl, '/v1/covers/ana.second')
  t.notOk('coverUrl' in second.rooms.find('removed')!.state.room)
  await second.close()
})

t.test('a snapshot is stored every 1,000 records, after the records that it contains', async t => {
  /** Records in the store whenever a snapshot is stored. */
  const recordCounts: number[] = []
  const store = createMemoryStore([showWith(3)], async operation => {
    if (operation.startsWith('store snapshot')) recordCounts.push(store.data.get(id)!.records.length)
  })
  const { id, description, settings } = showWith(3)
  const { rooms, close } = createRealtimeUnderTest(store)
  await rooms.command(id, { kind: 'user', userId: creator }, { type: 'show:start' })
  const room = rooms.find(id)!
  for (let version = 2; version < 2_500; version++) {
    await room.command(system, {
      type: 'server:showEdited',
      version,
      title: `Version ${version}`,
      description,
      settings
    })
  }
  const { records, snapshot } = store.data.get(id)!
  t.ok(records.length > 2_000)
  t.equal(recordCounts.length, Math.floor(records.length / 1_000))
  t.equal(snapshot!.seq, recordCounts.at(-1))
  t.ok(records.length - snapshot!.seq < 1_000, `snapshot of ${snapshot!.seq} records`)
  await close()
})
