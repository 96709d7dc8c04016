import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { MediaStats, WorkerStats } from '../../../media/media-counts.ts'
import type { ListenerReport } from '../../../media/traffic.ts'

/** Metrics of audio: workers, their streams, and how these arrive at listeners. */
export function createMediaMeter(registry: Registry) {
  let read: (() => Promise<MediaStats>) | undefined
  let reading: Promise<MediaStats | null> | undefined

  /** Several metrics of one scrape share one request to the workers. */
  async function readStats(): Promise<MediaStats | null> {
    reading ??= (read?.() ?? Promise.resolve(null))
      .catch(() => null)
      .finally(() => {
        setImmediate(() => {
          reading = undefined
        })
      })
    return await reading
  }

  const total = (name: string, help: string, of: (figures: MediaStats) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const now = await readStats()
        if (now) this.set(of(now))
      }
    })
  const perWorker = (
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    of: (worker: WorkerStats) => number
  ) =>
    new Kind({
      name,
      help,
      labelNames: ['worker'],
      registers: [registry],
      async collect(this: Gauge<'worker'> | Counter<'worker'>) {
        const now = await readStats()
        this.reset()
        for (const worker of now?.workers ?? []) this.inc({ worker: String(worker.index) }, of(worker))
      }
    })

  total('ambient_media_producers', 'Voices and songs being sent', ({ producers }) => producers)
  total('ambient_media_workers', 'Running media workers', ({ workers }) => workers.length)
  perWorker(
    Gauge,
    'ambient_media_worker_sessions',
    'Participants on a media worker',
    ({ participants }) => participants
  )
  perWorker(Gauge, 'ambient_media_worker_consumers', 'Streams sent by a media worker', ({ consumers }) => consumers)
  perWorker(
    Gauge,
    'ambient_media_worker_memory_bytes',
    'Peak memory of a media worker since its start',
    ({ maxMemoryBytes }) => maxMemoryBytes
  )
  perWorker(
    Counter,
    'ambient_media_worker_cpu_seconds_total',
    'Processor time of a media worker since its start',
    ({ cpuSeconds }) => cpuSeconds
  )
  perWorker(
    Counter,
    'ambient_media_worker_received_bytes_total',
    'Bytes a media worker has received from clients, as of the last read of each transport',
    ({ receivedBytes }) => receivedBytes
  )
  perWorker(
    Counter,
    'ambient_media_worker_sent_bytes_total',
    'Bytes a media worker has sent to clients, as of the last read of each transport',
    ({ sentBytes }) => sentBytes
  )
  const deaths = new Counter({
    name: 'ambient_media_worker_deaths_total',
    help: 'Media workers that died and were replaced',
    registers: [registry]
  })
  const loss = new Histogram({
    name: 'ambient_media_listener_loss_ratio',
    help: 'Packets lost on the way to a listener, from their last receiver report; listeners are sampled in turn',
    buckets: [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25],
    registers: [registry]
  })
  const roundTrips = new Histogram({
    name: 'ambient_media_listener_round_trip_seconds',
    help: 'Round trip between server and listener; listeners are sampled in turn',
    buckets: [0.02, 0.05, 0.1, 0.2, 0.4, 1],
    registers: [registry]
  })
  const joins = new Histogram({
    name: 'ambient_media_join_duration_seconds',
    help: 'Time from show:join to the first audio packet sent, for members who joined while somebody was heard',
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 15],
    registers: [registry]
  })
  const silences = new Counter({
    name: 'ambient_media_joins_silent_total',
    help: 'Members who asked for audio and were sent none within 15 s',
    registers: [registry]
  })

  return {
    /** Binds the function that reads the statistics of the workers; it is called by each scrape. */
    bind(readWorkers: () => Promise<MediaStats>): void {
      read = readWorkers
    },
    workerDied(): void {
      deaths.inc()
    },
    listenerReported({ lossRatio, roundTripMs }: ListenerReport): void {
      loss.observe(lossRatio)
      if (roundTripMs !== null) roundTrips.observe(roundTripMs / 1000)
    },
    heard(waitedMs: number): void {
      joins.observe(waitedMs / 1000)
    },
    stayedSilent(): void {
      silences.inc()
    }
  }
}
