import type { Member } from '../../contract/moderation.ts'
import { isHost, type RoomState, type SpeakState } from '../../contract/room.ts'
import type { Role } from '../../contract/users.ts'
import type { LivePlace } from '../../plugins/app/shows/live-shows.ts'
import type { House } from '../room/server-room-state.ts'

/** Everybody who is connected now, as hosts see them. */
export function membersOf(house: House): Member[] {
  const { room } = house
  const speak = speakStates(room)
  const muted = new Set(room.commentMutedIds)
  const cohosts = new Set(room.cohostIds)
  const speakers = new Set(room.stage.map(({ userId }) => userId))
  const roleOf = (userId: string): Role => {
    if (userId === room.creatorId) return 'creator'
    if (cohosts.has(userId)) return 'cohost'
    return speakers.has(userId) ? 'speaker' : 'listener'
  }
  return [...house.members.values()]
    .filter(({ sessionId }) => sessionId !== null)
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

/** Where somebody is in the show; who is away with their grace running is in it still. */
export function placeOf(house: House, userId: string): LivePlace {
  if (isHost(house.room, userId)) return 'host'
  return house.members.has(userId) ? 'inside' : 'outside'
}

/** Of everybody who is on the way to the stage or on it: looked up once for all, since thousands may ask. */
function speakStates(room: RoomState): Map<string, SpeakState> {
  return new Map<string, SpeakState>([
    ...room.queue.map(({ userId }) => [userId, 'requested'] as const),
    ...room.invited.map(({ userId }) => [userId, 'invited'] as const),
    ...room.stage.map(({ userId, state }) => [userId, state] as const)
  ])
}
