import type { SongRequest } from '../../contract/song-requests.ts'
import type { ServerRoomState } from './server-room-state.ts'
import { choiceOf, countChoices } from './votes.ts'

/**
 * Choices in the ballot of a requested song. The one who requested it stays known when they do not vote for it, so that
 * nobody fills the list.
 */
export const songChoice = { votes: 0, requestedAndVotes: 1, requested: 2 } as const

/** Returns a person's choice after they vote for a song, or not; null for none. */
export function choiceAfter(before: number | undefined, on: boolean): number | null {
  const hasRequested = before === songChoice.requestedAndVotes || before === songChoice.requested
  if (on) return hasRequested ? songChoice.requestedAndVotes : songChoice.votes
  return hasRequested ? songChoice.requested : null
}

export function findSongRequest({ room }: ServerRoomState, songId: string): SongRequest | undefined {
  return room.songRequests?.find(request => request.songId === songId)
}

/** Returns how many people vote for a requested song. */
export function countSongVotes({ ballots }: ServerRoomState, requestId: string): number {
  const [votes = 0, requestedAndVotes = 0] = countChoices(ballots, requestId, 2)
  return votes + requestedAndVotes
}

/** Returns how many of the songs in the list a person has requested. */
export function countRequestsOf({ room, ballots }: ServerRoomState, userId: string): number {
  const requests = room.songRequests ?? []
  return requests.filter(({ requestId }) => (choiceOf(ballots, requestId, userId) ?? 0) !== songChoice.votes).length
}
