import fp from 'fastify-plugin'

/** How often some transports are read, and how many on each worker: a thousand take 50 s, and cost one question in 50 ms. */
const readEveryMs = 1000
const readAtOnce = 20

/** Counts what the media tells, and reads what it has to be asked. */
export default fp(
  async app => {
    const { media, metrics, log } = app
    metrics.media.supply(async () => await media.stats())
    media.events.on('workerDied', metrics.media.workerDied)
    media.events.on('firstPacket', metrics.media.heard)
    media.events.on('firstPacketTimeout', metrics.media.stayedSilent)
    const timer = setInterval(async () => {
      try {
        for (const report of await media.readTraffic(readAtOnce)) metrics.media.listenerReported(report)
      } catch (error) {
        log.error({ err: error }, 'the traffic of the media could not be read')
      }
    }, readEveryMs).unref()
    app.addHook('onClose', async () => clearInterval(timer))
  },
  { name: 'media-metrics', dependencies: ['metrics', 'media'] }
)
