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

/** Totals of the event sequence: in Redis where it is set, else in memory. */
export default fp(
  async app => {
    const { redis, eventSequence, shows } = app
    const totals = redis ? createRedisTotals(redis.commands) : createMemoryTotals()
    app.decorate('eventTotals', createEventTotals(totals))

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
