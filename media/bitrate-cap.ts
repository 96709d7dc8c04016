import type { types } from 'mediasoup'

/** How often producers are looked at, and over how long they must be too loud. */
const lookEveryMs = 1000
const windowMs = 2000
/** Looks are never exactly a second apart. */
const jitterMs = lookEveryMs / 2

/** One look: bytes received up to a moment of the worker's own clock. */
interface Reading {
  atMs: number
  bytes: number
}

interface Watched {
  producer: types.Producer
  readings: Reading[]
  looking: boolean
  onOver: () => void
}

/** Watches what senders really send, muted or not and whoever listens; the worker itself does not cap it. */
export interface BitrateCap {
  /** `onOver` is called once when the producer sends more than allowed over two seconds. */
  watch(producer: types.Producer, onOver: () => void): void
  close(): void
}

/** `maxBitrateBps` counts whole RTP packets, as the worker does. One timer, which runs only while there is a producer. */
export function createBitrateCap(maxBitrateBps: number): BitrateCap {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined

  async function look(entry: Watched): Promise<void> {
    if (entry.looking) return
    entry.looking = true
    const stats = await entry.producer.getStats().catch(() => [])
    entry.looking = false
    if (watched.get(entry.producer.id) !== entry || stats.length === 0) return
    if (!isOver(entry.readings, read(stats))) return
    forget(entry.producer.id)
    entry.onOver()
  }

  function isOver(readings: Reading[], last: Reading): boolean {
    readings.push(last)
    const first = readings[0]
    if (!first || last.atMs - first.atMs < windowMs - jitterMs) return false
    readings.shift()
    return ((last.bytes - first.bytes) * 8000) / (last.atMs - first.atMs) > maxBitrateBps
  }

  function forget(producerId: string): void {
    watched.delete(producerId)
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    watch(producer, onOver) {
      watched.set(producer.id, { producer, readings: [], looking: false, onOver })
      producer.observer.once('close', () => forget(producer.id))
      timer ??= setInterval(() => {
        for (const entry of watched.values()) look(entry)
      }, lookEveryMs)
    },
    close() {
      watched.clear()
      clearInterval(timer)
    }
  }
}

function read(stats: types.ProducerStat[]): Reading {
  return {
    atMs: Math.max(...stats.map(({ timestamp }) => timestamp)),
    bytes: stats.reduce((sum, { byteCount }) => sum + byteCount, 0)
  }
}
