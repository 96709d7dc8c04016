import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { SongFailure } from '../../../contract/songs.ts'

/** Making songs of uploads. */
export function createSongMeter(registry: Registry) {
  let count: (() => Promise<number | null>) | undefined
  registry.registerMetric(
    new Gauge({
      name: 'ambient_songs_waiting',
      help: 'Uploads that are being made songs or wait for it, on all servers of this store',
      registers: [],
      async collect() {
        const waiting = await count?.()
        if (typeof waiting === 'number') this.set(waiting)
      }
    })
  )
  const durations = new Histogram({
    name: 'ambient_song_processing_duration_seconds',
    help: 'How long one try to make a song of an upload took',
    buckets: [1, 5, 15, 60, 240, 900],
    registers: [registry]
  })
  const outcomes = new Counter({
    name: 'ambient_songs_processed_total',
    help: 'Tries to make songs of uploads, by outcome: ready, again, or why it is no song',
    labelNames: ['outcome'],
    registers: [registry]
  })

  return {
    /** Who knows the queue says how long it is; null when it can't be said now. */
    supply(waiting: () => Promise<number | null>): void {
      count = waiting
    },
    processed(outcome: 'ready' | 'again' | SongFailure, durationMs: number): void {
      outcomes.inc({ outcome })
      durations.observe(durationMs / 1000)
    }
  }
}
