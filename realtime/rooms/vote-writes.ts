import type { ServerRoomEvent } from '../room/events.ts'
import type { Vote, VoteEvent } from '../room/votes.ts'
import type { VoteRecords } from './room-store.ts'
import type { RoomWrites } from './room-writes.ts'

/** Stores the votes of a show in groups: those that arrive during a write are the next group. */
export interface VoteWrites {
  /** Queues the write of votes. */
  voted(events: readonly VoteEvent[]): void
  /**
   * Queues the removal of the votes that nobody needs after an event. Called when the write of the event is queued: a
   * home that may not store the event removes no votes.
   */
  happened(event: ServerRoomEvent): void
}

export function createVoteWrites(
  showId: string,
  votes: Pick<VoteRecords, 'store' | 'removeBallot' | 'removeOfShow'>,
  writes: Pick<RoomWrites, 'add'>
): VoteWrites {
  /** The last vote of each person in each ballot. */
  let waiting = new Map<string, Vote>()

  function queueGroup(): void {
    let group: Vote[] | undefined
    writes.add('votes', async () => {
      if (!group) {
        group = [...waiting.values()]
        waiting = new Map()
      }
      await votes.store(showId, group)
    })
  }

  return {
    voted(events) {
      const wasWaiting = waiting.size > 0
      for (const event of events) {
        // The erasure of a person removes their stored votes.
        if (event.type === 'vote:cast') waiting.set(`${event.ballotId} ${event.userId}`, event)
      }
      if (!wasWaiting && waiting.size > 0) queueGroup()
    },
    happened(event) {
      if (event.type === 'show:ended') writes.add('votes', async () => await votes.removeOfShow(showId))
      const ballotId =
        event.type === 'poll:dismissed' ? event.pollId : event.type === 'song:settled' ? event.requestId : undefined
      if (ballotId !== undefined) writes.add('votes', async () => await votes.removeBallot(showId, ballotId))
    }
  }
}
