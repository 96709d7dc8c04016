import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { AudienceEvent } from '../../../contract/audience-events.ts'
import type { ServerRoomEvent } from '../../../realtime/room/events.ts'
import { createAudienceRecorders } from '../../../realtime/rooms/audience-recorder.ts'
import { profile } from '../room/people.ts'

const { timers } = mock
t.beforeEach(() => timers.enable({ apis: ['setTimeout'] }))
t.afterEach(() => timers.reset())

const arrived = (userId: string, presenceId = `1-${userId}`): ServerRoomEvent => ({
  type: 'member:arrived',
  member: { ...profile(userId), presenceId }
})

/** A recorder over a store whose flushes fail while `isAway`. */
function createRecording() {
  const store = {
    isAway: false,
    isSlow: false,
    /** Lets a flush of a slow store end. */
    answer() {},
    flushes: 0,
    waiting: [] as AudienceEvent[],
    stored: [] as AudienceEvent[]
  }
  const warnings: string[] = []
  const recorders = createAudienceRecorders({
    audience: {
      pseudonymOf: userId => `p-${userId}`,
      openWriter: () => ({
        add: event => store.waiting.push(event) > 0,
        async flush() {
          store.flushes++
          if (store.isAway) throw new Error('the store is away')
          store.stored.push(...store.waiting.splice(0))
          if (store.isSlow) await new Promise<void>(resolve => (store.answer = resolve))
        }
      })
    },
    logger: { warn: (_facts: unknown, message?: string) => warnings.push(String(message)) },
    nowMs: () => 5
  })
  async function tick(): Promise<void> {
    timers.tick(1000)
    for (let i = 0; i < 5; i++) await Promise.resolve()
  }
  return { store, warnings, recorders, tick, recorder: recorders.open('show', 'creator') }
}

t.test('listeners are recorded when they become connected and when they are not any more', async t => {
  const { store, recorder, tick } = createRecording()
  const events: ServerRoomEvent[] = [
    arrived('creator'),
    { ...arrived('ann'), source: 'discover' } as ServerRoomEvent,
    arrived('ann', 'second device'),
    arrived('guest'),
    { type: 'member:away', userId: 'guest' },
    { type: 'member:gone', userId: 'guest' },
    { type: 'member:away', userId: 'creator' },
    { type: 'member:gone', userId: 'ann' },
    { type: 'member:gone', userId: 'nobody' }
  ]
  recorder.applied({ events, at: 5 })
  t.same(store.stored, [], 'nothing is stored at once')
  await tick()
  t.same(store.stored, [
    { type: 'audience:opened' },
    { type: 'listener:joined', person: 'p-ann', guest: false, source: 'discover' },
    { type: 'listener:joined', person: 'p-guest', guest: true, source: null },
    { type: 'listener:left', person: 'p-guest' },
    { type: 'listener:left', person: 'p-ann' }
  ])
})

t.test('comments and reactions are one record each, and a quiet show writes nothing', async t => {
  const { store, recorders, recorder, tick } = createRecording()
  await tick()
  for (let i = 0; i < 7; i++) recorder.applied({ events: [{ type: 'member:commented', userId: 'ann' }], at: 5 })
  recorder.applied({ events: [{ type: 'member:commentLost', userId: 'ann' }], at: 5 })
  recorders.reacted('show', 3)
  recorders.reacted('show', 4)
  recorders.reacted('elsewhere', 4)
  await tick()
  t.same(store.stored.slice(1), [
    { type: 'comments:counted', count: 6 },
    { type: 'reactions:counted', count: 7 }
  ])
  recorder.applied({ events: [{ type: 'member:commentLost', userId: 'ann' }], at: 5 })
  recorder.applied({ events: [{ type: 'member:commented', userId: 'ann' }], at: 5 })
  await tick()
  t.equal(store.stored.length, 3, 'a comment that is lost later is taken off the next count')
  const { flushes } = store
  for (let i = 0; i < 60; i++) await tick()
  t.equal(store.flushes, flushes)
})

t.test('a storm of joins is one write', async t => {
  const { store, recorder, tick } = createRecording()
  for (let i = 0; i < 1000; i++) recorder.applied({ events: [arrived(`listener${i}`)], at: 5 })
  await tick()
  t.equal(store.stored.length, 1001)
  t.equal(store.flushes, 1)
})

t.test('events wait while the store is away, which is logged once', async t => {
  const { store, warnings, recorder, tick } = createRecording()
  store.isAway = true
  recorder.applied({ events: [arrived('ann')], at: 5 })
  for (let i = 0; i < 3; i++) await tick()
  t.same(store.stored, [])
  t.same(warnings, ['audience events not stored'])
  recorder.applied({ events: [{ type: 'show:ended', reason: 'ended' }], at: 6 })
  recorder.applied({ events: [arrived('too late')], at: 7 })
  for (let i = 0; i < 3; i++) await tick()
  store.isAway = false
  await tick()
  t.equal(store.stored.length, 2, 'also after the end of the show')
  const { flushes } = store
  await tick()
  t.equal(store.flushes, flushes)
})

t.test('what happens during a write just before the end is stored', async t => {
  const { store, recorders, recorder, tick } = createRecording()
  await tick()
  store.isSlow = true
  recorder.applied({ events: [arrived('ann')], at: 5 })
  await tick()
  recorder.applied({ events: [{ type: 'member:commented', userId: 'ann' }], at: 6 })
  recorders.reacted('show', 2)
  recorder.applied({ events: [{ type: 'show:ended', reason: 'ended' }], at: 6 })
  store.isSlow = false
  store.answer()
  await setImmediate()
  for (let i = 0; i < 3; i++) await tick()
  t.same(store.stored.slice(2), [
    { type: 'comments:counted', count: 1 },
    { type: 'reactions:counted', count: 2 }
  ])
})

t.test('a flush tells when the store did not take the events', async t => {
  const { store, recorders } = createRecording()
  store.isAway = true
  await t.rejects(recorders.flush('show'), { code: 'UNAVAILABLE' }, 'an erasure must not go on without them')
  store.isAway = false
  await recorders.flush('show')
  t.equal(store.stored.length, 1)
  await recorders.flush('elsewhere')
})

t.test('closing stores what waits, and abandoning does not', async t => {
  const { store, recorders, recorder } = createRecording()
  recorder.applied({ events: [arrived('ann')], at: 5 })
  await recorders.close()
  t.equal(store.stored.length, 2)
  const next = recorders.open('show', 'creator')
  next.abandon()
  await next.close()
  await recorders.close()
  t.equal(store.stored.length, 2)
})

t.test('closing does not wait for a store that does not answer', async t => {
  const warnings: string[] = []
  const recorders = createAudienceRecorders({
    audience: {
      pseudonymOf: userId => userId,
      openWriter: () => ({ add: () => true, flush: async () => await new Promise(() => {}) })
    },
    logger: { warn: (_facts: unknown, message?: string) => warnings.push(String(message)) },
    nowMs: () => 5
  })
  const closing = recorders.open('show', 'creator').close()
  timers.tick(2_000)
  await closing
  t.same(warnings, ['last audience events lost'])
})
