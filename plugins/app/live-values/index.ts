import { randomUUID } from 'node:crypto'
import fp from 'fastify-plugin'
import { createLiveValues, type LiveValues } from './live-values.ts'
import { createMemoryPresence } from './memory-presence.ts'
import { createOnlinePeople, type OnlinePeople } from './online-people.ts'
import { createRedisPresence } from './redis-presence.ts'
import { startRefreshing } from './refreshing.ts'

declare module 'fastify' {
  interface FastifyInstance {
    liveValues: LiveValues
    onlinePeople: OnlinePeople
  }
}

/** Live values: people connected, people per song, and which people are online. */
export default fp(
  async app => {
    const { redis, users, follows, blocks, suspensions, shows, metrics } = app
    // Each process is a node of its own: what a killed one has left expires.
    const nodeId = randomUUID()
    const store = redis
      ? createRedisPresence({ redis: redis.commands, nodeId })
      : createMemoryPresence({ nowMs: () => Date.now() }).join(nodeId)
    const liveValues = createLiveValues({
      store,
      findPublic: async showIds => new Set((await shows.findPublic(showIds)).keys()),
      logger: app.log.child({ part: 'live values' }),
      nowMs: () => Date.now(),
      monotonicMs: () => performance.now()
    })
    app.decorate('liveValues', liveValues)
    app.decorate('onlinePeople', createOnlinePeople({ store, follows, users, blocks, suspensions, shows }))
    metrics.live.bind(liveValues.figures)

    const refreshing = startRefreshing(liveValues.refresh)
    app.addHook('onReady', refreshing.start)
    app.addHook('onClose', async () => {
      await refreshing.stop()
      await liveValues.close()
    })
  },
  { name: 'live-values', dependencies: ['redis', 'metrics', 'people', 'identity', 'shows'] }
)
