import type { Page } from 'playwright-core'

/** The state of the fake player. */
export interface FakePlayer {
  trackId: string | null
  positionMs: number
  isPaused: boolean
}

/**
 * Replaces Spotify's player in a page, which tests cannot reach: the script of the SDK, and the Web API call that
 * starts a track. `loads` lists the requests for the script.
 */
export async function installFakePlayer(page: Page): Promise<{ loads: string[]; now: () => Promise<FakePlayer> }> {
  const loads: string[] = []
  await page.route('https://sdk.scdn.co/**', async route => {
    loads.push(route.request().url())
    await route.fulfill({ contentType: 'text/javascript', body: `(${sdk.toString()})()` })
  })
  await page.route('https://api.spotify.com/v1/me/player/play**', async route => {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'access-control-allow-methods': 'PUT'
    }
    if (route.request().method() === 'PUT') {
      const { uris, position_ms: positionMs }: { uris: string[]; position_ms: number } = route.request().postDataJSON()
      await page.evaluate(
        ([trackId, from]) => {
          Object.assign((window as never as { fake: object }).fake, {
            trackId,
            fromMs: from,
            atMs: Date.now(),
            isPaused: false
          })
        },
        [uris[0]?.split(':')[2] ?? '', positionMs] as const
      )
    }
    await route.fulfill({ status: 204, headers })
  })
  return {
    loads,
    now: async () =>
      await page.evaluate(() => {
        const { fake } = window as never as {
          fake: { trackId: string | null; fromMs: number; atMs: number; isPaused: boolean }
        }
        return {
          trackId: fake.trackId,
          positionMs: fake.fromMs + (fake.isPaused ? 0 : Date.now() - fake.atMs),
          isPaused: fake.isPaused
        }
      })
  }
}

/** Runs in the page. Behaves like the Web Playback SDK according to its reference. */
function sdk(): void {
  const fake = { trackId: null as string | null, fromMs: 0, atMs: 0, isPaused: true }
  const position = () => fake.fromMs + (fake.isPaused ? 0 : Date.now() - fake.atMs)
  Object.assign(window, { fake })
  window.Spotify = {
    Player: class {
      readonly #options
      readonly #listeners: Record<string, (about: { device_id: string }) => void> = {}
      constructor(options: { getOAuthToken(give: (token: string) => void): void }) {
        this.#options = options
      }
      addListener(event: string, listener: never) {
        this.#listeners[event] = listener
        return true
      }
      async connect() {
        this.#options.getOAuthToken(token => {
          if (token) this.#listeners.ready?.({ device_id: 'device-1' })
        })
        return true
      }

      disconnect() {
        fake.isPaused = true
      }
      async activateElement() {}
      async getCurrentState() {
        return fake.trackId === null
          ? null
          : { paused: fake.isPaused, position: position(), track_window: { current_track: { id: fake.trackId } } }
      }
      async pause() {
        Object.assign(fake, { fromMs: position(), isPaused: true })
      }
      async resume() {
        Object.assign(fake, { atMs: Date.now(), isPaused: false })
      }
      async seek(to: number) {
        Object.assign(fake, { fromMs: to, atMs: Date.now() })
      }
    }
  }
  window.onSpotifyWebPlaybackSDKReady?.()
}
