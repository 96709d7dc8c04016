import type { Member } from '../../contract/moderation.ts'
import { isHost, type RoomState, type SpeakState } from '../../contract/room.ts'
import { ownerOf } from '../../contract/stage.ts'
import type { Role } from '../../contract/users.ts'
import type { LivePlace } from '../../plugins/app/shows/live-shows.ts'
import { isOnAir, type ServerRoomState } from '../room/server-room-state.ts'

/** Everybody who is connected now, as hosts see them. */
export function membersOf({ room, members }: ServerRoomState): Member[] {
  const speak = speakStates(room)
  const muted = new Set(room.commentMutedIds)
  const ownerId = ownerOf(room)
  const cohosts = new Set(room.cohostIds)
  const speakers = new Set(room.stage.map(({ userId }) => userId))
  const roleOf = (userId: string): Role => {
    if (userId === ownerId) return 'creator'
    if (userId === room.creatorId || cohosts.has(userId)) return 'cohost'
    return speakers.has(userId) ? 'speaker' : 'listener'
  }
  return [...members.values()]
    .filter(({ presenceId }) => presenceId !== null)
    .map(({ userId, displayName, avatarUrl, guest }) => ({
      id: userId,
      displayName,
      avatarUrl,
      role: roleOf(userId),
      speak: speak.get(userId) ?? 'off',
      commentsMuted: muted.has(userId),
      guest
    }))
}

/**
 * The place of a person in the show. Members who are away stay inside for their grace period. Before the start, others
 * do not learn that there is a room.
 */
export function placeOf({ room, members }: ServerRoomState, userId: string): LivePlace | undefined {
  const isInside = members.has(userId)
  if (room.status === 'scheduled' && !isInside) return undefined
  if (isHost(room, userId)) return 'host'
  return isInside ? 'inside' : 'outside'
}

/**
 * Whether the show is on air and this person's. A show that has ended still has its room until its end is stored, and
 * its creator may start another one meanwhile.
 */
export function isOnAirBy(state: ServerRoomState, creatorId: string): boolean {
  return state.room.creatorId === creatorId && isOnAir(state)
}

/** The speak state of everybody on stage or on the way to it. Built once for all: thousands may ask to speak. */
function speakStates(room: RoomState): Map<string, SpeakState> {
  return new Map<string, SpeakState>([
    ...room.queue.map(({ userId }) => [userId, 'requested'] as const),
    ...room.invited.map(({ userId }) => [userId, 'invited'] as const),
    ...room.stage.map(({ userId, state }) => [userId, state] as const)
  ])
}
