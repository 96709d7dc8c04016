import type { Poll } from './polls.ts'
import type { RoomEvent } from './room-events.ts'
import type { SongRequest } from './song-requests.ts'

interface VotingRoom {
  readonly poll?: Poll
  readonly songRequests?: readonly SongRequest[]
}

type VotingEvent = Extract<RoomEvent, { type: `poll:${string}` | `song:${'requested' | 'settled'}` | 'songs:counted' }>

/**
 * Returns a room after an event of its poll or of its song requests, which happened `at` a time. Songs with more votes
 * come first, and of those with as many, the ones that came first.
 */
export function evolveVoting<R extends VotingRoom>(room: R, event: VotingEvent, at: number): R {
  const { poll, ...withoutPoll } = room
  const songs = room.songRequests ?? []
  switch (event.type) {
    case 'poll:opened': {
      const { type, ...opened } = event
      return { ...room, poll: { ...opened, counts: opened.options.map(() => 0), isOpen: true, openedAt: at } }
    }
    case 'poll:counted':
    case 'poll:closed':
      return poll ? { ...room, poll: { ...poll, counts: event.counts, isOpen: event.type === 'poll:counted' } } : room
    case 'poll:dismissed':
      return withoutPoll as R
    case 'song:requested': {
      const { type, ...song } = event
      // The person who requests a song votes for it.
      return { ...room, songRequests: sorted([...songs, { ...song, votes: 1 }]) }
    }
    case 'songs:counted':
      return {
        ...room,
        songRequests: sorted(
          songs.map(song => ({ ...song, ...event.counts.find(({ requestId }) => requestId === song.requestId) }))
        )
      }
    case 'song:settled':
      return { ...room, songRequests: songs.filter(({ requestId }) => requestId !== event.requestId) }
  }
}

/** The id of a request ends with a number that only increases. */
function sorted(songs: SongRequest[]): SongRequest[] {
  return songs.sort((a, b) => b.votes - a.votes || Number(a.requestId.slice(1)) - Number(b.requestId.slice(1)))
}
