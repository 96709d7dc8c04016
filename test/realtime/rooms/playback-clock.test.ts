import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { Playback } from '../../../contract/playback.ts'
import { createPlaybackClock } from '../../../realtime/rooms/playback-clock.ts'
import { pieces } from '../room/people.ts'

/** A clock in the hand: `ring` lets the time come for which the timer was set, give or take. */
function openClock(t: Test) {
  let nowMs = 1_000_000
  let pending: { callback: () => unknown; ms: number } | null = null
  const timers = mock.method(globalThis, 'setTimeout', (callback: () => unknown, ms: number) => {
    pending = { callback, ms }
  })
  t.teardown(() => timers.mock.restore())
  const ended: { itemId: string; at: number; nowMs: number }[] = []
  const clock = createPlaybackClock(
    async (itemId, at) => {
      ended.push({ itemId, at, nowMs })
    },
    () => nowMs
  )
  return {
    clock,
    ended,
    get pendingMs() {
      return pending?.ms ?? null
    },
    async ring(byMs = 0) {
      const { callback, ms } = pending!
      pending = null
      nowMs += ms + byMs
      await callback()
    }
  }
}

const playing = (durationMs: number, positionMs = 0): Playback => ({
  status: 'playing',
  item: { ...pieces[0]!, durationMs },
  positionMs,
  at: 1_000_000,
  producerId: null
})

t.test("an item's end is told once it is there, however the timer rings", async t => {
  const { clock, ended, ring } = openClock(t)
  clock.watch(playing(60_000, 20_000))
  await ring(-1)
  t.same(ended, [], 'a timer that is early')
  await ring(-30_000)
  t.same(ended, [], 'a clock that was set back')
  await ring(5)
  t.same(ended, [{ itemId: 'piece1', at: 1_000_000, nowMs: 1_040_005 }])
})

t.test('what lasts longer than timers can wait is waited for in parts', async t => {
  const { clock, ended, ring } = openClock(t)
  clock.watch(playing(5_000_000_000))
  for (let rings = 0; rings < 2; rings++) await ring()
  t.same(ended, [])
  await ring()
  t.equal(ended.length, 1)
})

t.test('an item of no length takes a moment, so that a repeated list of it does not run wild', async t => {
  const deck = openClock(t)
  deck.clock.watch(playing(0))
  t.equal(deck.pendingMs, 250)
  await deck.ring()
  t.equal(deck.ended.length, 1)
})
