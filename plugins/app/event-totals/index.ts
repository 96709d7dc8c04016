import fp from 'fastify-plugin'
import { createEventTotals, type EventTotals } from './event-totals.ts'
import { createFeeder } from './feeder.ts'
import { createMemoryTotals } from './memory-totals.ts'
import { createRedisTotals } from './redis-totals.ts'

declare module 'fastify' {
  interface FastifyInstance {
    eventTotals: EventTotals
  }
}

/**
 * Totals of the event sequence: in Redis where it is set, else in memory. With Kafka, the consumers of
 * `npm run live-values` fold it into Redis, and this server only reads.
 */
export default fp(
  async app => {
    const { redis, config, eventSequence, shows } = app
    const hasConsumers = config.KAFKA_BROKERS.length > 0
    const inMemory = hasConsumers ? undefined : createMemoryTotals()
    const totals = redis ? createRedisTotals(redis.commands) : inMemory
    app.decorate('eventTotals', createEventTotals(totals))
    if (!totals || hasConsumers) return

    const feeder = createFeeder({
      totals,
      read: eventSequence.read,
      listShowIds: async sinceMs => [
        ...(await shows.listLiveIds()),
        ...(await shows.listIdsEndedSince(new Date(sinceMs)))
      ],
      logger: app.log.child({ part: 'event totals' })
    })
    eventSequence.bindSink(feeder)
    app.addHook('onListen', async () => feeder.start())
    app.addHook('onClose', async () => await feeder.close())
  },
  { name: 'event-totals', dependencies: ['redis', 'shows', 'event-sequence'] }
)
