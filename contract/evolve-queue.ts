import { withOrWithout } from './id-list.ts'
import type { ActiveRecording } from './recordings.ts'
import type { QueueEvent } from './room-events.ts'
import type { Invited, QueueEntry, StageMember } from './snapshot.ts'
import { renamed, withoutInvitation, withoutRequest } from './speak-queue.ts'
import { withRecorded } from './unrecorded.ts'

/** The part of a room that only hosts have in full. */
interface PrivateRoom {
  readonly stage: readonly StageMember[]
  readonly queue: readonly QueueEntry[]
  readonly queueLength: number
  readonly invited: readonly Invited[]
  readonly commentMutedIds: readonly string[]
  readonly recording?: ActiveRecording
  readonly unrecordedIds?: readonly string[]
}

/** Returns a room after an event that only hosts and the person concerned receive. */
export function evolveQueue<R extends PrivateRoom>(room: R, event: QueueEvent): R {
  switch (event.type) {
    case 'speak:requested': {
      const { type, ...entry } = event
      const position = room.queueLength + 1
      return { ...room, queue: [...room.queue, { ...entry, position }], queueLength: position }
    }
    case 'speak:withdrawn':
    case 'speak:rejected':
      return event.requestId === null ? withoutInvitation(room, event.userId) : withoutRequest(room, event.userId)
    case 'speak:invited': {
      const { type, ...invited } = event
      return { ...room, invited: [...room.invited, invited] }
    }
    case 'speak:renamed':
      return { ...room, queue: renamed(room.queue, event), invited: renamed(room.invited, event) }
    case 'comments:muted':
      return { ...room, commentMutedIds: withOrWithout(room.commentMutedIds, event.userId, event.muted) }
    case 'voice:recorded':
      return withRecorded(room, event)
    case 'member:unbanned':
      return room
    default:
      return ignoreUnknown(room, event)
  }
}

/** Ignores an event that this build does not know, from a newer server. The version still increases. */
export function ignoreUnknown<R>(room: R, _event: never): R {
  return room
}
