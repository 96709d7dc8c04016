import t from 'tap'
import { CodedError } from '../../../client/index.ts'
import { PlayerError } from '../../../web/src/playlist/spotify-player/player-device.ts'
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
