import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { Playback } from '../../../contract/playback.ts'
import { createPlaybackClock } from '../../../realtime/rooms/playback-clock.ts'
import { playlistItems } from '../room/people.ts'

/** A playback clock with a simulated timer. `fire` fires it, earlier or later by `byMs`. */
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
    async fire(byMs = 0) {
      const { callback, ms } = pending!
      pending = null
      nowMs += ms + byMs
      await callback()
    }
  }
}

const playing = (durationMs: number, positionMs = 0): Playback => ({
  status: 'playing',
  item: { ...playlistItems[0]!, durationMs },
  positionMs,
  at: 1_000_000,
  producerId: null
})

t.test('the end of an item is reported once, when it is reached, whenever the timer fires', async t => {
  const { clock, ended, fire } = openClock(t)
  clock.watch(playing(60_000, 20_000))
  await fire(-1)
  t.same(ended, [], 'not for a timer that fires early')
  await fire(-30_000)
  t.same(ended, [], 'not after the clock was set back')
  await fire(5)
  t.same(ended, [{ itemId: 'item1', at: 1_000_000, nowMs: 1_040_005 }])
})

t.test('an item longer than the maximum delay of a timer ends on time', async t => {
  const { clock, ended, fire } = openClock(t)
  clock.watch(playing(5_000_000_000))
  for (let n = 0; n < 2; n++) await fire()
  t.same(ended, [])
  await fire()
  t.equal(ended.length, 1)
})

t.test('an item of no length plays for 250 ms, so that repeating it does not load the server', async t => {
  const timer = openClock(t)
  timer.clock.watch(playing(0))
  t.equal(timer.pendingMs, 250)
  await timer.fire()
  t.equal(timer.ended.length, 1)
})
