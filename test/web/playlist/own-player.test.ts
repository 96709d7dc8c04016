import t from 'tap'
import { CodedError } from '../../../client/index.ts'
import { DeviceFault, type Device, type DeviceState } from '../../../web/src/playlist/own-player/device.ts'
import { createFollower } from '../../../web/src/playlist/own-player/follower.ts'
import { nextStep, type Wanted } from '../../../web/src/playlist/own-player/next-step.ts'
import { createPlayerTokens } from '../../../web/src/playlist/own-player/player-tokens.ts'
import { createSpotifyDevice } from '../../../web/src/playlist/own-player/spotify-device.ts'
import type { Sdk, SdkPlayerOptions, SdkState } from '../../../web/src/playlist/own-player/web-playback-sdk.ts'

/** The SDK as its reference describes it, in the hand of a test. */
function fakeSdk() {
  const listeners = new Map<string, (about: never) => void>()
  const did: string[] = []
  const fake = {
    did,
    connects: true,
    state: null as SdkState | null,
    options: null as SdkPlayerOptions | null,
    say(event: string, about: object = {}) {
      listeners.get(event)?.(about as never)
    },
    sdk: {
      Player: class {
        constructor(options: SdkPlayerOptions) {
          fake.options = options
        }
        async connect() {
          did.push('connect')
          return fake.connects
        }
        disconnect() {
          did.push('disconnect')
        }
        addListener(event: string, listener: (about: never) => void) {
          listeners.set(event, listener)
          return true
        }
        async getCurrentState() {
          return fake.state
        }
        async activateElement() {
          did.push('activate')
        }
        async pause() {
          did.push('pause')
        }
        async resume() {
          did.push('resume')
        }
        async seek(positionMs: number) {
          did.push(`seek ${positionMs}`)
        }
      } as Sdk['Player']
    }
  }
  return fake
}

function deviceOf(fake: ReturnType<typeof fakeSdk>, status = 204) {
  const failures: string[] = []
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const device = createSpotifyDevice({
    loadSdk: async () => fake.sdk,
    freshToken: async () => 'token-1',
    failed: reason => failures.push(reason),
    fetch: async (url, init) => {
      asked.push({ url: String(url), init })
      return new Response(null, { status })
    }
  })
  return { device, failures, asked }
}

/** Connected, with the device ready. */
async function ready(fake: ReturnType<typeof fakeSdk>, status?: number) {
  const made = deviceOf(fake, status)
  const connecting = made.device.connect()
  while (!fake.did.includes('connect')) await Promise.resolve()
  fake.say('ready', { device_id: 'device-1' })
  await connecting
  return made
}

t.test('it is activated within the tap, gets tokens when it asks, and starts tracks by the Web API', async t => {
  const fake = fakeSdk()
  const { device, asked } = await ready(fake)
  t.same(fake.did, ['activate', 'connect'])
  t.equal(await new Promise(resolve => fake.options?.getOAuthToken(resolve)), 'token-1')
  await device.start('track1', 1234.5)
  t.match(asked, [
    {
      url: 'https://api.spotify.com/v1/me/player/play?device_id=device-1',
      init: { method: 'PUT', headers: { authorization: 'Bearer token-1' } }
    }
  ])
  t.same(JSON.parse(String(asked[0]?.init?.body)), { uris: ['spotify:track:track1'], position_ms: 1235 })
  await device.seek(99.6)
  await device.pause()
  await device.resume()
  t.same(fake.did.slice(2), ['seek 100', 'pause', 'resume'])
  device.disconnect()
  t.equal(await device.now(), null)
  await t.rejects(device.start('track1', 0), new DeviceFault('gone'))
})

t.test('it knows a track by the id that was asked for, though Spotify plays another issue of it', async t => {
  const fake = fakeSdk()
  const { device } = await ready(fake)
  t.equal(await device.now(), null)
  fake.state = {
    paused: false,
    position: 5,
    track_window: { current_track: { id: 'other', linked_from: { id: 'asked' } } }
  }
  t.same(await device.now(), { trackIds: ['other', 'asked'], positionMs: 5, isPaused: false })
  fake.state = { paused: true, position: 0, track_window: { current_track: null } }
  t.equal(await device.now(), null)
})

t.test('what is in the way has a reason', async t => {
  for (const [event, reason] of [
    ['initialization_error', 'browser'],
    ['authentication_error', 'link'],
    ['account_error', 'premium'],
    ['playback_error', 'track']
  ] as const) {
    const fake = fakeSdk()
    const { device, failures } = deviceOf(fake)
    const connecting = device.connect()
    while (!fake.did.includes('connect')) await Promise.resolve()
    fake.say(event, { message: 'so' })
    await t.rejects(connecting, new DeviceFault(reason))
    t.same(failures, [reason])
  }
  const fake = fakeSdk()
  const { failures } = await ready(fake)
  fake.say('autoplay_failed')
  fake.say('not_ready', { device_id: 'device-1' })
  t.same(failures, ['tap', 'gone'])
  for (const [status, reason] of [
    [401, 'link'],
    [403, 'premium'],
    [404, 'gone'],
    [429, 'busy'],
    [500, 'unknown']
  ] as const) {
    const { device } = await ready(fakeSdk(), status)
    await t.rejects(device.start('track', 0), new DeviceFault(reason))
  }
  const refusing = fakeSdk()
  refusing.connects = false
  await t.rejects(deviceOf(refusing).device.connect(), new DeviceFault('unknown'))
  const unloadable = createSpotifyDevice({
    loadSdk: async () => {
      throw new Error('blocked')
    },
    freshToken: async () => '',
    failed: () => {}
  })
  await t.rejects(unloadable.connect(), new DeviceFault('notLoaded'))
})

t.test('tokens are asked for again when they are nearly over, and say why there is none', async t => {
  let nowMs = 0
  let asked = 0
  const token = createPlayerTokens(
    async () => ({ accessToken: `token-${++asked}`, expiresIn: 3600 }),
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
      new DeviceFault(reason)
    )
  }
})

t.test('the next step is what is missing, and no more', async t => {
  const wanted = { trackId: 'a', positionMs: 10_000 }
  const at = (positionMs: number, isPaused = false, trackIds = ['a']): DeviceState => ({
    trackIds,
    positionMs,
    isPaused
  })
  t.same(nextStep(null, null), { do: 'nothing' })
  t.same(nextStep(null, at(0, true)), { do: 'nothing' })
  t.same(nextStep(null, at(0)), { do: 'pause' })
  t.same(nextStep(wanted, null), { do: 'start', ...wanted })
  t.same(nextStep(wanted, at(10_000, false, ['b'])), { do: 'start', ...wanted })
  t.same(nextStep(wanted, at(10_000, true)), { do: 'resume', positionMs: 10_000 })
  t.same(nextStep(wanted, at(9301)), { do: 'nothing' })
  t.same(nextStep(wanted, at(10_699)), { do: 'nothing' })
  t.same(nextStep(wanted, at(9299)), { do: 'seek', positionMs: 10_000 })
  t.same(nextStep(wanted, at(10_701)), { do: 'seek', positionMs: 10_000 })
})

/** A player that is late by so much whenever it is sent somewhere, with time in the hand of a test. */
function slowDevice(lateMs: number) {
  let nowMs = 0
  let state: { trackId: string; fromMs: number; atMs: number; isPaused: boolean } | null = null
  const refusals: DeviceFault[] = []
  const positionMs = () => (state ? state.fromMs + (state.isPaused ? 0 : nowMs - state.atMs) : 0)
  const slow = {
    did: [] as string[],
    refusals,
    pass(ms: number) {
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
      now: async () => state && { trackIds: [state.trackId], positionMs: positionMs(), isPaused: state.isPaused },
      async start(trackId, from) {
        slow.did.push('start')
        const refusal = refusals.shift()
        if (refusal) throw refusal
        state = { trackId, fromMs: from - lateMs, atMs: nowMs, isPaused: false }
      },
      async pause() {
        slow.did.push('pause')
        if (state) state = { ...state, fromMs: positionMs(), isPaused: true }
      },
      async resume() {
        slow.did.push('resume')
        if (state) state = { ...state, atMs: nowMs, isPaused: false }
      },
      async seek(to) {
        slow.did.push('seek')
        if (state) state = { ...state, fromMs: to - lateMs, atMs: nowMs }
      }
    } satisfies Device
  }
  return slow
}

t.test('within seconds a slow player is within a second of the show, and stays there', async t => {
  for (const lateMs of [0, 300, 900, 1500]) {
    const slow = slowDevice(lateMs)
    const wanted = (): Wanted => ({ trackId: 'a', positionMs: 30_000 + slow.nowMs })
    const faults: string[] = []
    const { follow } = createFollower({
      device: slow.device,
      wanted,
      failed: reason => faults.push(reason),
      well: () => {}
    })
    for (let second = 0; second < 4; second++) {
      await follow()
      slow.pass(1000)
    }
    const jumps = slow.did.length
    for (let second = 0; second < 60; second++) {
      t.ok(Math.abs(slow.positionMs - wanted().positionMs) <= 1000)
      await follow()
      slow.pass(1000)
    }
    t.equal(slow.did.length, jumps, `late by ${lateMs} ms: no more jumps once it is there`)
    t.same(faults, [])
  }
})

t.test('it follows pauses, other tracks and the end, and does not hammer what is refused', async t => {
  const slow = slowDevice(0)
  let goal: Wanted | null = { trackId: 'a', positionMs: 0 }
  const faults: string[] = []
  let wells = 0
  const { follow } = createFollower({
    device: slow.device,
    wanted: () => goal,
    failed: reason => faults.push(reason),
    well: () => {
      wells++
    }
  })
  await follow()
  await follow()
  t.equal(wells, 1)
  goal = null
  await follow()
  t.equal(slow.state?.isPaused, true)
  goal = { trackId: 'a', positionMs: 5000 }
  await follow()
  t.match([slow.state?.isPaused, slow.positionMs], [false, 5000])
  slow.refusals.push(new DeviceFault('premium'))
  goal = { trackId: 'b', positionMs: 0 }
  await follow()
  await follow()
  t.same(faults, ['premium'])
  t.equal(slow.did.filter(step => step === 'start').length, 2, 'asked once')
  goal = { trackId: 'c', positionMs: 0 }
  await follow()
  t.equal(slow.state?.trackId, 'c')
})
