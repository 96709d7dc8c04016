import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { RedisConnections } from '../../plugins/external/redis/connections.ts'
import type { Bus, NodeFacts } from './bus.ts'
import { createMemoryCluster } from './memory-bus.ts'
import { newNodeId } from './node-id.ts'
import type { BusObserver } from './redis/bus-observer.ts'

export interface JoinClusterParts {
  config: Pick<Config, 'NODE_ID' | 'CLUSTER_ADDRESS' | 'MEDIA_ANNOUNCED_ADDRESS' | 'MEDIA_LISTEN_IP'>
  /** The connections to Redis; null for a single node. */
  redis: RedisConnections | null
  logger: FastifyBaseLogger
  observer: BusObserver
}

/** Joins the nodes that share Redis. Without Redis, this node is alone. Throws when it cannot join. */
export async function joinCluster({ config, redis, logger, observer }: JoinClusterParts): Promise<Bus> {
  const facts: NodeFacts = {
    // A node that comes back under the same name is another one: the others have dropped its members.
    nodeId: newNodeId(config.NODE_ID),
    address: config.CLUSTER_ADDRESS ?? config.MEDIA_ANNOUNCED_ADDRESS ?? config.MEDIA_LISTEN_IP,
    isDraining: false,
    load: 0
  }
  if (!redis) return createMemoryCluster().join(facts)
  const { joinRedisCluster } = await import('./redis-bus.ts')
  const bus = await joinRedisCluster({ connections: redis, facts, logger, observer })
  logger.info({ nodeId: facts.nodeId, address: facts.address }, 'joined the cluster')
  return bus
}
