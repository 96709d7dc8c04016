import type { SocketDelivery } from '../delivery/socket-delivery.ts'
import { carriedContent } from './entries.ts'
import type { Homes } from './homes.ts'
import type { ShowCasts } from './show-casts.ts'

export interface ClusterDeliveryParts {
  local: SocketDelivery
  homes: Pick<Homes, 'findStream'>
  casts: Pick<ShowCasts, 'send'>
  /** Whether the home of the show is another node. */
  isElsewhere(showId: string): boolean
}

/**
 * Reaches the members of a show on all nodes. The home sends messages to everybody through the stream of the show.
 * Messages to single people and presences follow from the events, on the node where they are connected.
 */
export function createClusterDelivery({ local, homes, casts, isElsewhere }: ClusterDeliveryParts): SocketDelivery {
  return {
    ...local,
    toShow(showId, event, payload) {
      const counts = 'counts' in payload ? payload.counts : undefined
      if (counts && isElsewhere(showId)) return casts.send(showId, { kind: 'counted', counts })
      local.toShow(showId, event, payload)
      const stream = homes.findStream(showId)
      if (!stream || stream.followers.size === 0) return
      if (counts) casts.send(showId, { kind: 'reactions', counts })
      const content = carriedContent(event, payload)
      if (content) stream.publish(content)
    }
  }
}
