import type { types } from 'mediasoup'

const checkIntervalMs = 1000
/** A producer is over the limit when its average over this time is. */
const windowMs = 2000
/** Checks are never exactly one interval apart. */
const jitterMs = checkIntervalMs / 2

/** Bytes received up to a moment of the worker's own clock. */
interface Sample {
  atMs: number
  bytes: number
}

interface WatchedProducer {
  producer: types.Producer
  samples: Sample[]
  isChecking: boolean
  onExceeded: () => void
}

/**
 * Measures the bitrate that clients send, muted or not, and with or without listeners. The worker itself does not limit
 * it.
 */
export interface BitrateCap {
  /** Calls `onExceeded` once, when the producer sends more than allowed over two seconds. */
  watch(producer: types.Producer, onExceeded: () => void): void
  close(): void
}

/**
 * Creates a cap with one timer, which runs only while there is a producer. `maxBitrateBps` counts whole RTP packets, as
 * the worker does.
 */
export function createBitrateCap(maxBitrateBps: number): BitrateCap {
  const watched = new Map<string, WatchedProducer>()
  let timer: NodeJS.Timeout | undefined

  async function check(entry: WatchedProducer): Promise<void> {
    if (entry.isChecking) return
    entry.isChecking = true
    const stats = await entry.producer.getStats().catch(() => [])
    entry.isChecking = false
    if (watched.get(entry.producer.id) !== entry || stats.length === 0) return
    if (!isExceeded(entry.samples, sampleOf(stats))) return
    unwatch(entry.producer.id)
    entry.onExceeded()
  }

  function isExceeded(samples: Sample[], last: Sample): boolean {
    samples.push(last)
    const first = samples[0]
    if (!first || last.atMs - first.atMs < windowMs - jitterMs) return false
    samples.shift()
    return ((last.bytes - first.bytes) * 8000) / (last.atMs - first.atMs) > maxBitrateBps
  }

  function unwatch(producerId: string): void {
    watched.delete(producerId)
    if (watched.size === 0) stop()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    watch(producer, onExceeded) {
      watched.set(producer.id, { producer, samples: [], isChecking: false, onExceeded })
      producer.observer.once('close', () => unwatch(producer.id))
      timer ??= setInterval(() => {
        for (const entry of watched.values()) check(entry)
      }, checkIntervalMs)
    },
    close() {
      watched.clear()
      stop()
    }
  }
}

function sampleOf(stats: types.ProducerStat[]): Sample {
  return {
    atMs: Math.max(...stats.map(({ timestamp }) => timestamp)),
    bytes: stats.reduce((sum, { byteCount }) => sum + byteCount, 0)
  }
}
