import type { ShowDecision } from '../../../contract/moderation.ts'
import type { QueueEvent, RoomEvent } from '../../../contract/room-events.ts'

/** Events in which hosts decide; some of them are also what people do about themselves. */
export const decisionTypes = [
  'floor:granted',
  'speak:rejected',
  'speak:invited',
  'speak:withdrawn',
  'floor:revoked',
  'mute:changed',
  'cohost:changed',
  'member:removed',
  'member:unbanned',
  'comments:muted'
] as const

type DecisionEvent = Extract<RoomEvent | QueueEvent, { type: (typeof decisionTypes)[number] }>

/** What was decided about whom, by whom: null when it was the server. */
export interface Decided {
  type: ShowDecision['type']
  userId: string
  by: string | null
}

/**
 * The decision in an event; null when there is none: what people did about themselves, and the seat that is lost by being removed,
 * which is a decision of its own.
 */
export function decisionIn(event: DecisionEvent, creatorId: string): Decided | null {
  const { userId } = event
  const by = event.type === 'cohost:changed' ? creatorId : event.by
  const type = kindOf(event)
  return type === null || by === userId ? null : { type, userId, by }
}

function kindOf(event: DecisionEvent): ShowDecision['type'] | null {
  switch (event.type) {
    case 'floor:granted':
      return 'accepted'
    case 'speak:rejected':
      return 'rejected'
    case 'speak:invited':
      return 'invited'
    // By somebody else only an invitation is taken back; by nobody it is a grace that is over.
    case 'speak:withdrawn':
      return event.by === null ? null : 'revoked'
    case 'floor:revoked':
      return event.reason === 'revoked' || event.reason === 'bitrate' ? 'revoked' : null
    case 'mute:changed':
      return event.muted ? 'muted' : null
    case 'cohost:changed':
      return event.cohost ? 'cohostNamed' : 'cohostDismissed'
    case 'member:removed':
      return event.ban ? 'banned' : 'removed'
    case 'member:unbanned':
      return 'unbanned'
    case 'comments:muted':
      return event.muted ? 'commentsMuted' : 'commentsUnmuted'
  }
}
