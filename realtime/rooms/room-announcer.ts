import type { StampedEvent } from '../../contract/room-events.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { apply } from '../room/apply.ts'
import { isLogged, isPresenceEvent, stamp, type PresenceEvent, type ServerRoomEvent } from '../room/events.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'

/** Sends the events of a room to the members of its show. Called right after each event was applied. */
export interface RoomAnnouncer {
  /** Sends a logged event to everybody it is for, and ends the presence of a removed member. */
  logged(stamped: StampedEvent, before: ServerRoomState, after: ServerRoomState): void
  /** Ends the audio of a presence that is over, and the socket of one that was replaced. */
  presence(event: PresenceEvent, before: ServerRoomState, after: ServerRoomState): void
}

export interface RoomAnnouncerParts {
  delivery: Delivery
  audio: Pick<RoomAudio, 'leave'>
  /** Called just before the members learn of the end: the last moment to send them something. */
  beforeEnd(): void
}

export function createRoomAnnouncer({ delivery, audio, beforeEnd }: RoomAnnouncerParts): RoomAnnouncer {
  return {
    logged(stamped, before, { room }) {
      const { showId, creatorId, cohostIds } = room
      const { event } = stamped
      if (event.type === 'show:ended') beforeEnd()
      if ('version' in stamped) delivery.toShow(showId, 'room:event', stamped)
      else {
        const userIds = [creatorId, ...cohostIds, stamped.event.userId]
        delivery.toPeople(showId, userIds, 'queue:event', stamped)
      }
      const removed = event.type === 'member:removed' ? presenceOf(before, event.userId) : null
      if (event.type === 'member:removed' && removed !== null) {
        delivery.endPresence(removed, 'session:removed', { ban: event.ban })
      }
      if (event.type === 'show:ended') delivery.endShow(showId)
    },

    presence(event, before, after) {
      const userId = 'member' in event ? event.member.userId : event.userId
      const ended = presenceOf(before, userId)
      if (ended === null || ended === presenceOf(after, userId)) return
      audio.leave(ended)
      if (event.type === 'member:arrived') delivery.endPresence(ended, 'session:replaced', {})
    }
  }
}

/** Applies an event and announces it. Returns the state after it. */
export function applyAndAnnounce(
  before: ServerRoomState,
  event: ServerRoomEvent,
  at: number,
  announcer: RoomAnnouncer
): ServerRoomState {
  const after = apply(before, event, at)
  if (isLogged(event)) announcer.logged(stamp(before.room, event, at), before, after)
  else if (isPresenceEvent(event)) announcer.presence(event, before, after)
  return after
}
