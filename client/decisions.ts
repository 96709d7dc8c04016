import type { RoomState } from '../contract/room.ts'
import type { StampedEvent } from '../contract/room-events.ts'
import type { CommentsView } from './comments-view.ts'

/** A decision of a host about the user. */
export interface Decision {
  /**
   * `commentsMuted`, `commentsUnmuted`: of the user's comments. `rejected`: the request to speak. `withdrawn`: the
   * invitation to speak. `revoked`: the floor.
   */
  readonly kind:
    'muted' | 'commentsMuted' | 'commentsUnmuted' | 'cohost' | 'notCohost' | 'rejected' | 'withdrawn' | 'revoked'
  readonly by: string
  /** Null while this client knows no name of the host. */
  readonly byName: string | null
  /** Local time in ms. */
  readonly at: number
}

/** The part of the user's view that a decision needs. */
interface Scene {
  readonly me: { readonly userId: string }
  readonly room: RoomState | null
  readonly comments: CommentsView
}

/** Returns the change of a view by an event that tells a decision of another person about the user. */
export function decisionOf(
  event: StampedEvent['event'],
  { me: { userId }, room, comments }: Scene,
  nowMs: number
): { decision?: Decision } {
  if (!('userId' in event) || event.userId !== userId) return {}
  const by = 'by' in event ? event.by : null
  const kind = kindOf(event)
  if (!kind || !by || by === userId) return {}
  const people = [...(room?.stage ?? []), ...comments.list.map(({ author }) => ({ ...author, userId: author.id }))]
  const byName = people.find(person => person.userId === by)?.displayName ?? null
  return { decision: { kind, by, byName, at: nowMs } }
}

function kindOf(event: StampedEvent['event']): Decision['kind'] | null {
  switch (event.type) {
    case 'mute:changed':
      return event.muted ? 'muted' : null
    case 'comments:muted':
      return event.muted ? 'commentsMuted' : 'commentsUnmuted'
    case 'cohost:changed':
      return event.cohost ? 'cohost' : 'notCohost'
    case 'speak:rejected':
      return event.requestId === null ? null : 'rejected'
    case 'speak:withdrawn':
      return event.requestId === null ? 'withdrawn' : null
    case 'floor:revoked':
      return event.reason === 'revoked' ? 'revoked' : null
    default:
      return null
  }
}
