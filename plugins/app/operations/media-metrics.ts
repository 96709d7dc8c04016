import type { FastifyBaseLogger } from 'fastify'
import type { Media } from '../../../media/media.ts'
import type { Metrics } from '../../external/metrics.ts'

/**
 * Transports are read in turn, a few at a time: a thousand on each worker take 50 s and cost one question every 50 ms.
 */
const readIntervalMs = 1000
const transportsPerRead = 20

export interface MediaMetricsParts {
  media: Media
  metrics: Metrics['media']
  logger: FastifyBaseLogger
}

/** Counts media events and reads the traffic of transports. Returns a function that stops reading. */
export function measureMedia({ media, metrics, logger }: MediaMetricsParts): () => void {
  metrics.bind(async () => await media.stats())
  media.events.on('workerDied', metrics.workerDied)
  media.events.on('firstPacket', metrics.heard)
  media.events.on('firstPacketTimeout', metrics.stayedSilent)
  const timer = setInterval(async () => {
    try {
      for (const report of await media.readTraffic(transportsPerRead)) metrics.listenerReported(report)
    } catch (error) {
      logger.error({ err: error }, 'reading media traffic failed')
    }
  }, readIntervalMs).unref()
  return () => clearInterval(timer)
}
