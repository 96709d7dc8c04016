import pino from 'pino'
import { createClusterFeed, type ClusterFeedPort } from '../../../../plugins/app/operations/cluster-feed.ts'
import type { Bus } from '../../../../realtime/cluster/bus.ts'
import { createMemoryCluster, type MemoryCluster } from '../../../../realtime/cluster/memory-bus.ts'
import { captureLog, type CapturedLog } from '../../../captured-log.ts'

/** The feed of one node, with its bus and its log. */
export interface JoinedFeed {
  feed: ClusterFeedPort
  bus: Bus
  log: CapturedLog
}

/** Returns what joins feeds in this process, as nodes of one cluster. The caller binds each feed to its bus. */
export function createFeedCluster(): { cluster: MemoryCluster; join(nodeId: string): JoinedFeed } {
  const cluster = createMemoryCluster()
  return {
    cluster,
    join(nodeId) {
      const log = captureLog()
      const bus = cluster.join({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })
      return { feed: createClusterFeed(pino(log.stream)), bus, log }
    }
  }
}
