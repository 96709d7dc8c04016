import { Counter, Histogram, type Registry } from 'prom-client'

/** Mixing of replays. */
export function createReplayMeter(registry: Registry) {
  const durations = new Histogram({
    name: 'ambient_replay_mixing_duration_seconds',
    help: 'Duration of one attempt to mix a replay',
    buckets: [1, 5, 15, 60, 240, 900, 3600],
    registers: [registry]
  })
  const outcomes = new Counter({
    name: 'ambient_replays_mixed_total',
    help: 'Attempts to mix replays, by outcome: ready, again or failed',
    labelNames: ['outcome'],
    registers: [registry]
  })

  return {
    mixed(outcome: 'ready' | 'again' | 'failed', durationMs: number): void {
      outcomes.inc({ outcome })
      durations.observe(durationMs / 1000)
    }
  }
}
