import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Outcome of a request to Spotify: `wait` is an answer 429, `away` no valid answer in time. */
export type SpotifyOutcome = 'ok' | 'unauthorized' | 'forbidden' | 'notFound' | 'wait' | 'away'

/** Metrics of requests to Spotify's Web API. */
export function createSpotifyMeter(registry: Registry) {
  let quietUntilMs = -Infinity
  const calls = new Counter({
    name: 'ambient_spotify_calls_total',
    help: 'Requests to Spotify, by outcome; wait is an answer 429',
    labelNames: ['outcome'],
    registers: [registry]
  })
  const durations = new Histogram({
    name: 'ambient_spotify_call_duration_seconds',
    help: 'Time from a request to Spotify to its answer',
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8],
    registers: [registry]
  })
  const wait = new Gauge({
    name: 'ambient_spotify_wait_seconds',
    help: 'Remaining time in which Spotify has asked this server to send no requests',
    registers: [registry],
    collect() {
      wait.set(Math.max(0, quietUntilMs - performance.now()) / 1000)
    }
  })

  return {
    answered(outcome: SpotifyOutcome, durationMs: number): void {
      calls.inc({ outcome })
      durations.observe(durationMs / 1000)
    },
    /** No request is sent before this time of the monotonic clock, ms. */
    askedToWait(untilMs: number): void {
      quietUntilMs = untilMs
    }
  }
}
