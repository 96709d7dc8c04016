import type { types } from 'mediasoup'

/** How often producers are looked at, and over how long they must be too loud. */
const lookEveryMs = 1000
const windowMs = 2000

/** One look: bytes received up to a moment. */
interface Reading { atMs: number, bytes: number }

interface Watched { producer: types.Producer, readings: Reading[], onOver: () => void }

/** Watches what senders really send; the worker itself does not cap it. */
export interface BitrateCap {
  /** `onOver` is called once when the producer sends more than allowed over two seconds. */
  watch (producer: types.Producer, onOver: () => void): void
  close (): void
}

/** `maxBitrateBps` counts whole RTP packets, as the worker does. */
export function createBitrateCap (maxBitrateBps: number, nowMs: () => number = Date.now): BitrateCap {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined

  async function look (entry: Watched): Promise<void> {
    const { producer, readings, onOver } = entry
    const stats = await producer.getStats().catch(() => [])
    if (!watched.has(producer.id)) return
    const reading = { atMs: nowMs(), bytes: stats.reduce((sum, { byteCount }) => sum + byteCount, 0) }
    readings.push(reading)
    const first = readings[0]
    if (!first || reading.atMs - first.atMs < windowMs) return
    readings.shift()
    const bitrateBps = (reading.bytes - first.bytes) * 8000 / (reading.atMs - first.atMs)
    if (bitrateBps <= maxBitrateBps) return
    forget(producer.id)
    onOver()
  }

  function forget (producerId: string): void {
    watched.delete(producerId)
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    watch (producer, onOver) {
      watched.set(producer.id, { producer, readings: [], onOver })
      producer.observer.once('close', () => forget(producer.id))
      timer ??= setInterval(() => { for (const entry of watched.values()) look(entry) }, lookEveryMs)
    },
    close () {
      watched.clear()
      clearInterval(timer)
    }
  }
}
