import type { types } from 'mediasoup'

const checkIntervalMs = 1000
/** A producer is over the limit when its average over this time is. */
const windowMs = 2000
/** Checks are never exactly one interval apart. */
const jitterMs = checkIntervalMs / 2
/** An RTP header or an empty RTCP report, with the shortest common SRTP tag. */
const minPacketBytes = 22
/** The longest SRTP tag. The counters of a producer leave tags out, those of a transport include them. */
const maxTagBytes = 16

/** Maximum of what one producer sends, on average over two seconds. */
export interface SendLimits {
  /** Counts whole RTP packets, as the worker does. */
  maxBitrateBps: number
  /** Each packet costs the worker and every listener time, whatever its size. */
  maxPacketsPerSecond: number
}

/**
 * Returns how many packets these bytes may be. The worker counts only the bytes of packets that it drops: RTCP, and RTP
 * of an unknown SSRC.
 */
export function packetsIn(bytes: number): number {
  return bytes / minPacketBytes
}

/** Bytes and packets received up to a moment of the worker's own clock. */
interface Sample {
  atMs: number
  /** Of the producer. */
  bytes: number
  packets: number
  /** Of its transport, everything. */
  carriedBytes: number
}

interface WatchedProducer {
  producer: types.Producer
  transport: types.WebRtcTransport
  samples: Sample[]
  isChecking: boolean
  onExceeded: () => void
}

/**
 * Measures the bitrate and the packets that clients send, muted or not, and with or without listeners. The worker
 * itself does not limit them.
 */
export interface BitrateCap {
  /**
   * Calls `onExceeded` once, when the producer sends more than allowed over two seconds, or its transport carries too
   * many other packets.
   */
  watch(producer: types.Producer, transport: types.WebRtcTransport, onExceeded: () => void): void
  close(): void
}

/** Creates a cap with one timer, which runs only while there is a producer. */
export function createBitrateCap({ maxBitrateBps, maxPacketsPerSecond }: SendLimits): BitrateCap {
  const watched = new Map<string, WatchedProducer>()
  let timer: NodeJS.Timeout | undefined

  async function check(entry: WatchedProducer): Promise<void> {
    if (entry.isChecking) return
    entry.isChecking = true
    const sample = await takeSample(entry).catch(() => undefined)
    entry.isChecking = false
    if (watched.get(entry.producer.id) !== entry || !sample) return
    if (!isExceeded(entry.samples, sample)) return
    unwatch(entry.producer.id)
    entry.onExceeded()
  }

  function isExceeded(samples: Sample[], last: Sample): boolean {
    samples.push(last)
    const first = samples[0]
    if (!first || last.atMs - first.atMs < windowMs - jitterMs) return false
    samples.shift()
    const seconds = (last.atMs - first.atMs) / 1000
    const bytes = last.bytes - first.bytes
    const packets = last.packets - first.packets
    const otherBytes = Math.max(0, last.carriedBytes - first.carriedBytes - bytes - packets * maxTagBytes)
    const isOverBitrate = (bytes * 8) / seconds > maxBitrateBps
    return isOverBitrate || (packets + packetsIn(otherBytes)) / seconds > maxPacketsPerSecond
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
    watch(producer, transport, onExceeded) {
      watched.set(producer.id, { producer, transport, samples: [], isChecking: false, onExceeded })
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

async function takeSample({ producer, transport }: WatchedProducer): Promise<Sample | undefined> {
  const [streams, [carried]] = await Promise.all([producer.getStats(), transport.getStats()])
  if (!carried) return undefined
  return {
    atMs: carried.timestamp,
    bytes: streams.reduce((sum, { byteCount }) => sum + byteCount, 0),
    packets: streams.reduce((sum, { packetCount }) => sum + packetCount, 0),
    carriedBytes: carried.bytesReceived
  }
}
