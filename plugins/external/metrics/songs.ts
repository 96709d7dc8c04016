import pTimeout from 'p-timeout'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { SongFailure } from '../../../contract/songs.ts'

const countTimeoutMs = 1000

/** Transcoding of uploads to songs. */
export function createSongMeter(registry: Registry) {
  let countWaiting: (() => Promise<number>) | undefined

  /** A store that does not answer in time leaves a gap in the figures, and does not delay the scrape. */
  async function findWaiting(): Promise<number | undefined> {
    if (!countWaiting) return undefined
    const waiting = pTimeout(countWaiting(), { milliseconds: countTimeoutMs, fallback: () => undefined })
    return await waiting.catch(() => undefined)
  }

  registry.registerMetric(
    new Gauge({
      name: 'ambient_songs_waiting',
      help: 'Uploads that are being transcoded or wait for it, on all servers of this store',
      registers: [],
      async collect() {
        const waiting = await findWaiting()
        if (waiting !== undefined) this.set(waiting)
      }
    })
  )
  const durations = new Histogram({
    name: 'ambient_song_processing_duration_seconds',
    help: 'Duration of one attempt to transcode an upload',
    buckets: [1, 5, 15, 60, 240, 900],
    registers: [registry]
  })
  const outcomes = new Counter({
    name: 'ambient_songs_processed_total',
    help: 'Attempts to transcode uploads, by outcome: ready, again, or the reason of the failure',
    labelNames: ['outcome'],
    registers: [registry]
  })

  return {
    /** Binds the function that counts the waiting uploads. */
    bind(count: () => Promise<number>): void {
      countWaiting = count
    },
    processed(outcome: 'ready' | 'again' | SongFailure, durationMs: number): void {
      outcomes.inc({ outcome })
      durations.observe(durationMs / 1000)
    }
  }
}
