import t from 'tap'
import type { RoomEvent } from '../../../contract/room-events.ts'
import { takeRoom } from '../../../realtime/rooms/load-room.ts'
import { createMemoryStore, type MemoryStore } from '../live/memory-store.ts'
import { creator, limits, showWith } from '../room/people.ts'

const show = { ...showWith(3), version: 7 }

async function take(store: MemoryStore, nodeId: string) {
  return await takeRoom({ ...show, status: 'live' }, store, { limits, nodeId, nowMs: () => 1000 })
}

function record(seq: number, event: RoomEvent) {
  return { seq, at: seq, event }
}

t.test('a new show begins behind the fence record, which changes nothing', async t => {
  const store = createMemoryStore([show])
  const { state, seq, writer } = await take(store, 'one')
  t.match(store.data.get(show.id)?.records, [{ seq: 1, event: { type: 'home:taken', nodeId: 'one' }, token: 1 }])
  t.same([state.room.version, state.room.status, seq, writer.token], [0, 'scheduled', 1, 1])
  const again = await take(store, 'two')
  t.same(again.state, state, 'a log that holds nothing but fence records is that of a new show')
  t.equal(again.state.showVersion, 7)
  t.equal(again.seq, 2)
})

t.test('a home that is taken while the earlier one writes misses none of its records', async t => {
  const beforeTake: (() => Promise<void>)[] = []
  const store = createMemoryStore([show], async operation => {
    if (operation.startsWith('take home')) await beforeTake.shift()?.()
  })
  const first = await take(store, 'one')
  await first.writer.append([record(2, { type: 'show:started' })])
  beforeTake.push(async () => {
    await first.writer.append([record(3, { type: 'cohost:changed', userId: 'ben', cohost: true })])
    await first.writer.append([record(4, { type: 'show:changed', title: 'Newer', description: '' })])
  })
  const second = await take(store, 'two')
  t.equal(second.seq, 5)
  t.match(second.state.room, { version: 3, title: 'Newer', cohostIds: ['ben'], creatorId: creator })
  t.equal(second.replayed, 4)
  await t.rejects(first.writer.append([record(5, { type: 'show:ended', reason: 'ended' })]), { name: 'LogConflict' })
})

t.test('a home that is taken while the records of a command appear misses none of them', async t => {
  const store = createMemoryStore([show])
  const first = await take(store, 'one')
  await first.writer.append([
    record(2, { type: 'show:started' }),
    record(3, { type: 'show:changed', title: 'Newer', description: '' })
  ])
  const { read } = store.log
  let isAppearing = true
  store.log.read = async function* (...args) {
    for await (const each of read(...args)) if (!isAppearing || each.seq !== 2) yield each
    isAppearing = false
  }
  const { seq, replayed, state } = await take(store, 'two')
  t.same([seq, replayed], [4, 3])
  t.match(state.room, { status: 'live', title: 'Newer', version: 2 })
})

t.test('a home that is taken behind this one is not read', async t => {
  const afterTake: (() => Promise<void>)[] = []
  const store = createMemoryStore([show])
  const first = await take(store, 'one')
  const { take: takeHome } = store.log
  store.log.take = async (...args) => {
    // Between the reading and the fence record of the second home, and behind it, others write.
    await first.writer.append([record(2, { type: 'show:started' })])
    const writer = await takeHome(...args)
    await afterTake.shift()?.()
    return writer
  }
  afterTake.push(async () => {
    const third = await takeHome(show.id, 'three', 0, 1)
    await third.append([record(5, { type: 'show:changed', title: 'Third', description: '' })])
  })
  const second = await take(store, 'two')
  t.same([second.seq, second.state.room.version, second.state.room.title], [3, 1, show.title])
})
