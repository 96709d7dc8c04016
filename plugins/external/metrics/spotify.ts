import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What came of a question to Spotify; `wait` is its 429, `away` that it gave no good answer in time. */
export type SpotifyOutcome = 'ok' | 'unauthorized' | 'forbidden' | 'notFound' | 'wait' | 'away'

/** Questions to Spotify's Web API. */
export function createSpotifyMeter(registry: Registry) {
  let quietUntilMs = 0
  const calls = new Counter({
    name: 'ambient_spotify_calls_total',
    help: 'Questions to Spotify that went out, by outcome; wait is a 429',
    labelNames: ['outcome'],
    registers: [registry]
  })
  const durations = new Histogram({
    name: 'ambient_spotify_call_duration_seconds',
    help: 'From a question to Spotify to its answer',
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8],
    registers: [registry]
  })
  const wait = new Gauge({
    name: 'ambient_spotify_wait_seconds',
    help: 'For how long Spotify asked us not to ask again; 0 when we may',
    registers: [registry],
    collect() {
      wait.set(Math.max(0, quietUntilMs - Date.now()) / 1000)
    }
  })

  return {
    answered(outcome: SpotifyOutcome, durationMs: number): void {
      calls.inc({ outcome })
      durations.observe(durationMs / 1000)
    },
    /** Nobody asks before this time, ms since the epoch. */
    askedToWait(untilMs: number): void {
      quietUntilMs = untilMs
    }
  }
}
