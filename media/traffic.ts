import type { types } from 'mediasoup'
import { packetsIn } from './bitrate-cap.ts'

/** Bytes that a worker's transports to clients carried, as of their last reading. */
export interface CarriedBytes {
  receivedBytes: number
  sentBytes: number
}

/** The last report of a listener's receiver: `lossRatio` is 0–1; `roundTripMs` is null before it is known. */
export interface ListenerReport {
  lossRatio: number
  roundTripMs: number | null
}

/**
 * Counts the bytes that a worker carries. The worker itself has no such counter, and asking thousands of transports at
 * once would take too long.
 */
export interface Traffic {
  readonly bytes: Readonly<CarriedBytes>
  /**
   * Calls `onFlood` when the transport received more packets per second than a voice may have, although it had no
   * producer between two readings. `BitrateCap` watches the transports that have one.
   */
  watchFlood(transport: types.WebRtcTransport, onFlood: () => void): void
  /**
   * Reads the next `count` transports in turn, and one consumer on each of them. Returns the reports of their
   * receivers. Never rejects.
   */
  readNext(count: number): Promise<ListenerReport[]>
}

/** Receivers report loss in 256ths: https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1 */
const fractionLostUnit = 256
/** A burst after a stall is no flood: nothing is concluded from a shorter time. */
const minFloodMs = 900

interface WatchedTransport {
  /** As of the last reading; null before it. */
  readAtMs: number | null
  bytes: CarriedBytes
  consumers: Set<types.Consumer>
  /** Whether it had a producer since the last reading. */
  hadProducer: boolean
  producers: number
  onFlood?: () => void
}

/**
 * Watches every transport to a client that is created on a worker from now on. Does not count the bytes that a
 * transport carried between its last reading and its close.
 */
export function watchTraffic(worker: types.Worker, maxPacketsPerSecond: number): Traffic {
  const bytes: CarriedBytes = { receivedBytes: 0, sentBytes: 0 }
  /** In the order in which they are read next. */
  const watched = new Map<types.WebRtcTransport, WatchedTransport>()

  worker.observer.on('newrouter', router =>
    router.observer.on('newtransport', transport => {
      if (!goesToClient(transport)) return
      const consumers = new Set<types.Consumer>()
      const entry = createEntry(consumers)
      watched.set(transport, entry)
      transport.observer.on('newproducer', producer => {
        entry.hadProducer = true
        entry.producers++
        producer.observer.once('close', () => entry.producers--)
      })
      transport.observer.on('newconsumer', consumer => {
        consumers.add(consumer)
        consumer.observer.once('close', () => consumers.delete(consumer))
      })
      transport.observer.once('close', () => watched.delete(transport))
    })
  )

  async function readBytes(transport: types.WebRtcTransport, entry: WatchedTransport): Promise<void> {
    const [stats] = await transport.getStats()
    if (!stats) return
    const received = stats.bytesReceived - entry.bytes.receivedBytes
    const isFlood = !entry.hadProducer && isOver(received, entry.readAtMs, stats.timestamp)
    bytes.receivedBytes += received
    bytes.sentBytes += stats.bytesSent - entry.bytes.sentBytes
    entry.bytes = { receivedBytes: stats.bytesReceived, sentBytes: stats.bytesSent }
    entry.readAtMs = stats.timestamp
    entry.hadProducer = entry.producers > 0
    if (isFlood) entry.onFlood?.()
  }

  /** Whether the bytes received in this time are too many packets. The first reading only starts the time. */
  function isOver(receivedBytes: number, fromMs: number | null, untilMs: number): boolean {
    if (fromMs === null || untilMs - fromMs < minFloodMs) return false
    return packetsIn(receivedBytes) / ((untilMs - fromMs) / 1000) > maxPacketsPerSecond
  }

  async function read(transport: types.WebRtcTransport, entry: WatchedTransport): Promise<ListenerReport[]> {
    await readBytes(transport, entry)
    const [consumer] = entry.consumers
    if (!consumer || consumer.paused || consumer.producerPaused) return []
    // Moves it to the end, so that another consumer is read next time.
    entry.consumers.delete(consumer)
    entry.consumers.add(consumer)
    return (await consumer.getStats()).flatMap(reportsIn)
  }

  return {
    bytes,
    watchFlood(transport, onFlood) {
      const entry = watched.get(transport)
      if (entry) entry.onFlood = onFlood
    },
    async readNext(count) {
      const batch = [...take(watched, count)]
      for (const [transport, entry] of batch) {
        watched.delete(transport)
        watched.set(transport, entry)
      }
      const reports = await Promise.allSettled(batch.map(async ([transport, entry]) => await read(transport, entry)))
      return reports.flatMap(report => (report.status === 'fulfilled' ? report.value : []))
    }
  }
}

function createEntry(consumers: Set<types.Consumer>): WatchedTransport {
  return { readAtMs: null, bytes: { receivedBytes: 0, sentBytes: 0 }, consumers, hadProducer: false, producers: 0 }
}

function goesToClient(transport: types.Transport): transport is types.WebRtcTransport {
  return transport.type === 'webrtc'
}

/** Returns no report before the round trip is known. */
function reportsIn(stats: types.ConsumerStat | types.ProducerStat): ListenerReport[] {
  if (stats.type !== 'outbound-rtp' || !stats.roundTripTime) return []
  return [{ lossRatio: stats.fractionLost / fractionLostUnit, roundTripMs: stats.roundTripTime }]
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}
