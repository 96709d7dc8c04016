import fp from 'fastify-plugin'
import type { RedisConnections } from './redis/connections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The connections to REDIS_URL; null for a single node. */
    redis: RedisConnections | null
  }
}

/** Redis, which connects the nodes of a cluster. Its client is loaded only where REDIS_URL is set. */
export default fp(
  async app => {
    const { REDIS_URL: url } = app.config
    app.decorate('redis', null)
    if (url === undefined) return
    const { connectRedis } = await import('./redis/connections.ts')
    const connections = await connectRedis({ url, logger: app.log.child({ module: 'redis' }) })
    app.redis = connections
    app.addHook('onClose', async () => connections.close())
  },
  { name: 'redis' }
)
