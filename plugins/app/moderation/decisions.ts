import type { ShowDecision } from '../../../contract/moderation.ts'
import type { QueueEvent, RoomEvent } from '../../../contract/room-events.ts'

/** Events that record decisions of hosts. Some of them also record what people do about themselves. */
export const decisionTypes = [
  'floor:granted',
  'speak:rejected',
  'speak:invited',
  'speak:withdrawn',
  'floor:revoked',
  'mute:changed',
  'cohost:changed',
  'show:handedOver',
  'member:removed',
  'member:unbanned',
  'comments:muted'
] as const

type DecisionEvent = Extract<RoomEvent | QueueEvent, { type: (typeof decisionTypes)[number] }>

/** A decision about a person. `by` is null when the server decided. */
export interface Decision {
  type: ShowDecision['type']
  userId: string
  by: string | null
}

/**
 * Returns the decision in an event; null when there is none. Actions of people on themselves are not decisions. Neither
 * is the loss of a seat by removal, because the removal is a decision itself.
 */
export function decisionIn(event: DecisionEvent, creatorId: string): Decision | null {
  const { userId } = event
  const by = event.type === 'cohost:changed' ? (event.by ?? creatorId) : event.by
  const type = typeOf(event)
  return type === null || by === userId ? null : { type, userId, by }
}

function typeOf(event: DecisionEvent): ShowDecision['type'] | null {
  switch (event.type) {
    case 'floor:granted':
      return 'accepted'
    case 'speak:rejected':
      return 'rejected'
    case 'speak:invited':
      return 'invited'
    // Another person can only withdraw an invitation. Without a person, the grace period has ended.
    case 'speak:withdrawn':
      return event.by === null ? null : 'revoked'
    case 'floor:revoked':
      return event.reason === 'revoked' || event.reason === 'bitrate' ? 'revoked' : null
    case 'mute:changed':
      return event.muted ? 'muted' : null
    case 'cohost:changed':
      return event.cohost ? 'cohostNamed' : 'cohostDismissed'
    case 'show:handedOver':
      return 'handedOver'
    case 'member:removed':
      return event.ban ? 'banned' : 'removed'
    case 'member:unbanned':
      return 'unbanned'
    case 'comments:muted':
      return event.muted ? 'commentsMuted' : 'commentsUnmuted'
  }
}
