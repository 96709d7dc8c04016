import t from 'tap'
import {
  PlayerError,
  type PlayerDevice,
  type PlayerState
} from '../../../web/src/playlist/spotify-player/player-device.ts'
import { createPlaybackFollower } from '../../../web/src/playlist/spotify-player/playback-follower.ts'
import { nextStep, type PlaybackTarget } from '../../../web/src/playlist/spotify-player/next-step.ts'

t.test('the next step corrects only what differs from the target', async t => {
  const target = { trackId: 'a', positionMs: 10_000 }
  const at = (positionMs: number, isPaused = false, trackIds = ['a']): PlayerState => ({
    trackIds,
    positionMs,
    isPaused
  })
  t.same(nextStep(null, null), { do: 'nothing' })
  t.same(nextStep(null, at(0, true)), { do: 'nothing' })
  t.same(nextStep(null, at(0)), { do: 'pause' })
  t.same(nextStep(target, null), { do: 'start', ...target })
  t.same(nextStep(target, at(10_000, false, ['b'])), { do: 'start', ...target })
  t.same(nextStep(target, at(10_000, true)), { do: 'resume', positionMs: 10_000 })
  t.same(nextStep(target, at(9301)), { do: 'nothing' })
  t.same(nextStep(target, at(10_699)), { do: 'nothing' })
  t.same(nextStep(target, at(9299)), { do: 'seek', positionMs: 10_000 })
  t.same(nextStep(target, at(10_701)), { do: 'seek', positionMs: 10_000 })
})

/** A player that ends up this far behind its target after every jump, with a clock controlled by the test. */
function slowDevice(lateMs: number) {
  let nowMs = 0
  let state: { trackId: string; fromMs: number; atMs: number; isPaused: boolean } | null = null
  const refusals: PlayerError[] = []
  const positionMs = () => (state ? state.fromMs + (state.isPaused ? 0 : nowMs - state.atMs) : 0)
  const slow = {
    calls: [] as string[],
    refusals,
    advance(ms: number) {
      nowMs += ms
    },
    get nowMs() {
      return nowMs
    },
    get positionMs() {
      return positionMs()
    },
    get state() {
      return state
    },
    device: {
      connect: async () => {},
      disconnect() {},
      getState: async () => state && { trackIds: [state.trackId], positionMs: positionMs(), isPaused: state.isPaused },
      async start(trackId, from) {
        slow.calls.push('start')
        const refusal = refusals.shift()
        if (refusal) throw refusal
        state = { trackId, fromMs: from - lateMs, atMs: nowMs, isPaused: false }
      },
      async pause() {
        slow.calls.push('pause')
        if (state) state = { ...state, fromMs: positionMs(), isPaused: true }
      },
      async resume() {
        slow.calls.push('resume')
        if (state) state = { ...state, atMs: nowMs, isPaused: false }
      },
      async seek(to) {
        slow.calls.push('seek')
        if (state) state = { ...state, fromMs: to - lateMs, atMs: nowMs }
      }
    } satisfies PlayerDevice
  }
  return slow
}

t.test('a slow player is within a second of the show after a few seconds, and stays there', async t => {
  for (const lateMs of [0, 300, 900, 1500]) {
    const slow = slowDevice(lateMs)
    const getTarget = (): PlaybackTarget => ({ trackId: 'a', positionMs: 30_000 + slow.nowMs })
    const errors: string[] = []
    const { follow } = createPlaybackFollower({
      device: slow.device,
      getTarget,
      onError: reason => errors.push(reason),
      onInSync: () => {}
    })
    for (let second = 0; second < 4; second++) {
      await follow()
      slow.advance(1000)
    }
    const jumps = slow.calls.length
    for (let second = 0; second < 60; second++) {
      t.ok(Math.abs(slow.positionMs - getTarget().positionMs) <= 1000)
      await follow()
      slow.advance(1000)
    }
    t.equal(slow.calls.length, jumps, `late by ${lateMs} ms: no more jumps once it is in sync`)
    t.same(errors, [])
  }
})

t.test('the player follows pauses, other tracks and the end, and does not retry a refused track', async t => {
  const slow = slowDevice(0)
  let target: PlaybackTarget | null = { trackId: 'a', positionMs: 0 }
  const errors: string[] = []
  let inSyncCount = 0
  const { follow } = createPlaybackFollower({
    device: slow.device,
    getTarget: () => target,
    onError: reason => errors.push(reason),
    onInSync: () => {
      inSyncCount++
    }
  })
  await follow()
  await follow()
  t.equal(inSyncCount, 1)
  target = null
  await follow()
  t.equal(slow.state?.isPaused, true)
  target = { trackId: 'a', positionMs: 5000 }
  await follow()
  t.match([slow.state?.isPaused, slow.positionMs], [false, 5000])
  slow.refusals.push(new PlayerError('premium'))
  target = { trackId: 'b', positionMs: 0 }
  await follow()
  await follow()
  t.same(errors, ['premium'])
  t.equal(slow.calls.filter(step => step === 'start').length, 2, 'the refused track is started once')
  target = { trackId: 'c', positionMs: 0 }
  await follow()
  t.equal(slow.state?.trackId, 'c')
})
