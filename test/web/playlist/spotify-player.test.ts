import t from 'tap'
import { CodedError } from '../../../client/index.ts'
import {
  PlayerError,
  type PlayerDevice,
  type PlayerState
} from '../../../web/src/playlist/spotify-player/player-device.ts'
import { createPlaybackFollower } from '../../../web/src/playlist/spotify-player/playback-follower.ts'
import { nextStep, type PlaybackTarget } from '../../../web/src/playlist/spotify-player/next-step.ts'
import { createPlayerTokens } from '../../../web/src/playlist/spotify-player/player-tokens.ts'
import { createSpotifyDevice } from '../../../web/src/playlist/spotify-player/spotify-device.ts'
import type { Sdk, SdkPlayerOptions, SdkState } from '../../../web/src/playlist/spotify-player/web-playback-sdk.ts'

/** An SDK as its reference describes it, controlled by the test. */
function fakeSdk() {
  const listeners = new Map<string, (data: never) => void>()
  const calls: string[] = []
  const fake = {
    calls,
    canConnect: true,
    state: null as SdkState | null,
    options: null as SdkPlayerOptions | null,
    emit(event: string, data: object = {}) {
      listeners.get(event)?.(data as never)
    },
    sdk: {
      Player: class {
        constructor(options: SdkPlayerOptions) {
          fake.options = options
        }
        async connect() {
          calls.push('connect')
          return fake.canConnect
        }
        disconnect() {
          calls.push('disconnect')
        }
        addListener(event: string, listener: (data: never) => void) {
          listeners.set(event, listener)
          return true
        }
        async getCurrentState() {
          return fake.state
        }
        async activateElement() {
          calls.push('activate')
        }
        async pause() {
          calls.push('pause')
        }
        async resume() {
          calls.push('resume')
        }
        async seek(positionMs: number) {
          calls.push(`seek ${positionMs}`)
        }
      } as Sdk['Player']
    }
  }
  return fake
}

function createDevice(fake: ReturnType<typeof fakeSdk>, status = 204) {
  const failures: string[] = []
  const requests: { url: string; init: RequestInit | undefined }[] = []
  const device = createSpotifyDevice({
    loadSdk: async () => fake.sdk,
    getToken: async () => 'token-1',
    onError: reason => failures.push(reason),
    fetch: async (url, init) => {
      requests.push({ url: String(url), init })
      return new Response(null, { status })
    }
  })
  return { device, failures, requests }
}

/** Creates a device and connects it. */
async function connectDevice(fake: ReturnType<typeof fakeSdk>, status?: number) {
  const created = createDevice(fake, status)
  const connecting = created.device.connect()
  while (!fake.calls.includes('connect')) await Promise.resolve()
  fake.emit('ready', { device_id: 'device-1' })
  await connecting
  return created
}

t.test(
  'the device is activated within the tap, gets tokens on request, and starts tracks through the Web API',
  async t => {
    const fake = fakeSdk()
    const { device, requests } = await connectDevice(fake)
    t.same(fake.calls, ['activate', 'connect'])
    t.equal(await new Promise(resolve => fake.options?.getOAuthToken(resolve)), 'token-1')
    await device.start('track1', 1234.5)
    t.match(requests, [
      {
        url: 'https://api.spotify.com/v1/me/player/play?device_id=device-1',
        init: { method: 'PUT', headers: { authorization: 'Bearer token-1' } }
      }
    ])
    t.same(JSON.parse(String(requests[0]?.init?.body)), { uris: ['spotify:track:track1'], position_ms: 1235 })
    await device.seek(99.6)
    await device.pause()
    await device.resume()
    t.same(fake.calls.slice(2), ['seek 100', 'pause', 'resume'])
    device.disconnect()
    t.equal(await device.getState(), null)
    await t.rejects(device.start('track1', 0), new PlayerError('gone'))
  }
)

t.test('a track is known by its requested id, even when Spotify plays another release of it', async t => {
  const fake = fakeSdk()
  const { device } = await connectDevice(fake)
  t.equal(await device.getState(), null)
  fake.state = {
    paused: false,
    position: 5,
    track_window: { current_track: { id: 'played', linked_from: { id: 'requested' } } }
  }
  t.same(await device.getState(), { trackIds: ['played', 'requested'], positionMs: 5, isPaused: false })
  fake.state = { paused: true, position: 0, track_window: { current_track: null } }
  t.equal(await device.getState(), null)
})

t.test('each failure has a reason', async t => {
  for (const [event, reason] of [
    ['initialization_error', 'browser'],
    ['authentication_error', 'link'],
    ['account_error', 'premium'],
    ['playback_error', 'track']
  ] as const) {
    const fake = fakeSdk()
    const { device, failures } = createDevice(fake)
    const connecting = device.connect()
    while (!fake.calls.includes('connect')) await Promise.resolve()
    fake.emit(event, { message: 'failed' })
    await t.rejects(connecting, new PlayerError(reason))
    t.same(failures, [reason])
  }
  const fake = fakeSdk()
  const { failures } = await connectDevice(fake)
  fake.emit('autoplay_failed')
  fake.emit('not_ready', { device_id: 'device-1' })
  t.same(failures, ['tap', 'gone'])
  for (const [status, reason] of [
    [401, 'link'],
    [403, 'premium'],
    [404, 'gone'],
    [429, 'busy'],
    [500, 'unknown']
  ] as const) {
    const { device } = await connectDevice(fakeSdk(), status)
    await t.rejects(device.start('track', 0), new PlayerError(reason))
  }
  const refusing = fakeSdk()
  refusing.canConnect = false
  await t.rejects(createDevice(refusing).device.connect(), new PlayerError('unknown'))
  const unloadable = createSpotifyDevice({
    loadSdk: async () => {
      throw new Error('blocked')
    },
    getToken: async () => '',
    onError: () => {}
  })
  await t.rejects(unloadable.connect(), new PlayerError('notLoaded'))
})

t.test('tokens are requested again shortly before they expire, and a failure has a reason', async t => {
  let nowMs = 0
  let requestCount = 0
  const token = createPlayerTokens(
    async () => ({ accessToken: `token-${++requestCount}`, expiresIn: 3600 }),
    () => nowMs
  )
  t.equal(await token(), 'token-1')
  nowMs = 3_539_000
  t.equal(await token(), 'token-1')
  nowMs = 3_541_000
  t.equal(await token(), 'token-2')
  for (const [code, reason] of [
    ['FORBIDDEN', 'link'],
    ['SPOTIFY_NOT_LINKED', 'link'],
    ['SPOTIFY_RELINK', 'link'],
    ['RATE_LIMITED', 'busy'],
    ['UNAVAILABLE', 'unknown']
  ] as const) {
    await t.rejects(
      createPlayerTokens(
        async () => {
          throw new CodedError(code, '')
        },
        () => 0
      )(),
      new PlayerError(reason)
    )
  }
})

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
