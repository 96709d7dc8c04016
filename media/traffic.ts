import type { types } from 'mediasoup'

/** What a worker's transports to clients carried, as far as they were read. */
export interface CarriedBytes {
  receivedBytes: number
  sentBytes: number
}

/** What a listener's receiver reported last: `lossRatio` 0–1; `roundTripMs` is null before it is known. */
export interface ListenerReport {
  lossRatio: number
  roundTripMs: number | null
}

/** Keeps count of what a worker carries. A worker has no such count itself, and asking thousands of transports at once would be work. */
export interface Traffic {
  readonly bytes: Readonly<CarriedBytes>
  /** Reads the next so many transports, in turn, and one consumer on each of them; what their receivers reported. Never rejects. */
  readNext(transports: number): Promise<ListenerReport[]>
}

/** Receivers report in 256ths: https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1 */
const wholeLoss = 256

interface Watched {
  bytes: CarriedBytes
  consumers: Set<types.Consumer>
}

/** Watches every transport to a client that is made on a worker from now on. What one carried between its last reading and its end is not counted. */
export function watchTraffic(worker: types.Worker): Traffic {
  const bytes: CarriedBytes = { receivedBytes: 0, sentBytes: 0 }
  /** In the order in which they are read next. */
  const watched = new Map<types.WebRtcTransport, Watched>()

  worker.observer.on('newrouter', router =>
    router.observer.on('newtransport', transport => {
      if (!goesToClient(transport)) return
      const consumers = new Set<types.Consumer>()
      watched.set(transport, { bytes: { receivedBytes: 0, sentBytes: 0 }, consumers })
      transport.observer.on('newconsumer', consumer => {
        consumers.add(consumer)
        consumer.observer.once('close', () => consumers.delete(consumer))
      })
      transport.observer.once('close', () => watched.delete(transport))
    })
  )

  async function readBytes(transport: types.WebRtcTransport, entry: Watched): Promise<void> {
    const [stats] = await transport.getStats()
    if (!stats) return
    bytes.receivedBytes += stats.bytesReceived - entry.bytes.receivedBytes
    bytes.sentBytes += stats.bytesSent - entry.bytes.sentBytes
    entry.bytes = { receivedBytes: stats.bytesReceived, sentBytes: stats.bytesSent }
  }

  async function read(transport: types.WebRtcTransport, entry: Watched): Promise<ListenerReport[]> {
    await readBytes(transport, entry)
    const [consumer] = entry.consumers
    if (!consumer || consumer.paused || consumer.producerPaused) return []
    // The next time it is another one's turn.
    entry.consumers.delete(consumer)
    entry.consumers.add(consumer)
    return (await consumer.getStats()).flatMap(reportOf)
  }

  return {
    bytes,
    async readNext(transports) {
      const turn = [...take(watched, transports)]
      for (const [transport, entry] of turn) {
        watched.delete(transport)
        watched.set(transport, entry)
      }
      const reports = await Promise.allSettled(turn.map(async ([transport, entry]) => await read(transport, entry)))
      return reports.flatMap(report => (report.status === 'fulfilled' ? report.value : []))
    }
  }
}

function goesToClient(transport: types.Transport): transport is types.WebRtcTransport {
  return transport.type === 'webrtc'
}

/** There is no report before there is a round trip. */
function reportOf(stats: types.ConsumerStat | types.ProducerStat): ListenerReport[] {
  if (stats.type !== 'outbound-rtp' || !stats.roundTripTime) return []
  return [{ lossRatio: stats.fractionLost / wholeLoss, roundTripMs: stats.roundTripTime }]
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}
