import type { FastifyBaseLogger } from 'fastify'
import type { SocketDelivery } from '../delivery/socket-delivery.ts'
import type { RoomStore } from '../rooms/room-store.ts'

/** A home that is gone may have stored comments of this time without sending them to everybody, ms. */
const repeatMs = 10_000

export interface MissedCommentsParts {
  comments: Pick<RoomStore['comments'], 'recent'>
  /** Reaches the members who are connected to this node. */
  localDelivery: Pick<SocketDelivery, 'toShow' | 'membersIn'>
  nowMs: () => number
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/**
 * Returns a function that sends the members here the newest comments of a show again, after its home moved. Clients
 * know those that they have. Without the database nothing is sent: members see these comments in the history.
 */
export function createMissedComments({ comments, localDelivery, nowMs, logger }: MissedCommentsParts) {
  return async (showId: string): Promise<void> => {
    if (localDelivery.membersIn(showId).length === 0) return
    try {
      const recent = await comments.recent(showId, nowMs() - repeatMs)
      if (recent.length > 0) localDelivery.toShow(showId, 'comments', { comments: recent, deletedIds: [] })
    } catch (error) {
      logger.warn({ err: error, showId }, 'comments not sent again')
    }
  }
}
