import type { Playback } from '../../../contract/playback.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { choiceAfter, countSongVotes, findSongRequest, songChoice } from '../song-votes.ts'
import { choiceOf } from '../votes.ts'
import { byMember, onAir, type Deciders } from './decider.ts'
import { countedPoll } from './polls.ts'

/** Songs that listeners request, and the votes for them. */
export const songRequestDeciders: Deciders<
  'song:request' | 'song:vote' | 'song:dismiss' | 'server:songRemoved' | 'server:countVotes'
> = {
  /** A song that is in the list already gets a vote. */
  'song:request': byMember((state, { song }, { userId }) => {
    if (song === null) return []
    if (findSongRequest(state, song.songId)) return voted(state, song.songId, userId, true)
    const { songId, title, artist, artworkUrl, durationMs } = song
    // The version increases with every event, so that no later request has this id.
    const requestId = `s${state.room.version + 1}`
    return [
      { type: 'song:requested', requestId, songId, title, artist, artworkUrl, durationMs },
      { type: 'vote:cast', ballotId: requestId, userId, choice: songChoice.requestedAndVotes }
    ]
  }),
  'song:vote': byMember((state, { songId, on }, { userId }) => voted(state, songId, userId, on)),
  'song:dismiss': byMember((state, { songId }, { userId }) => settled(state, songId, 'dismissed', userId)),
  'server:songRemoved': onAir((state, { songId }) => settled(state, songId, 'dismissed', null)),
  'server:countVotes': onAir(state => [...countedPoll(state), ...countedSongs(state)])
}

function voted(state: ServerRoomState, songId: string, userId: string, on: boolean): ServerRoomEvent[] {
  const request = findSongRequest(state, songId)
  if (!request) return []
  const ballotId = request.requestId
  const before = choiceOf(state.ballots, ballotId, userId)
  const choice = choiceAfter(before, on)
  return choice === (before ?? null) ? [] : [{ type: 'vote:cast', ballotId, userId, choice }]
}

/** Returns the event with the counts that have changed; none when all are known. */
function countedSongs(state: ServerRoomState): ServerRoomEvent[] {
  const counts = (state.room.songRequests ?? []).flatMap(({ requestId, votes: known }) => {
    const votes = countSongVotes(state, requestId)
    return votes === known ? [] : [{ requestId, votes }]
  })
  return counts.length === 0 ? [] : [{ type: 'songs:counted', counts }]
}

function settled(
  state: ServerRoomState,
  songId: string,
  reason: 'played' | 'dismissed',
  by: string | null
): ServerRoomEvent[] {
  const request = findSongRequest(state, songId)
  return request ? [{ type: 'song:settled', requestId: request.requestId, songId, reason, by }] : []
}

/** Returns the event that takes a requested song out of the list once it plays. */
export function settledBy(state: ServerRoomState, { status, item }: Playback): ServerRoomEvent[] {
  return status === 'playing' && item?.songId !== undefined ? settled(state, item.songId, 'played', null) : []
}
