import type { Room } from '../rooms/room.ts'
import type { AmbientSocket } from './socket-data.ts'

/** Returns the song that plays in a live show; null while nothing plays, or a Spotify track does. */
export function songOf({ state }: Pick<Room, 'state'>): string | null {
  const { status, playback } = state.room
  return status === 'live' && playback.status === 'playing' ? (playback.item?.songId ?? null) : null
}

/** Returns the song that plays in the show of a socket. */
export function songInShow({ data: { membership } }: AmbientSocket): string | null {
  return membership && songOf(membership.room)
}

/** Returns the song that a socket hears: the one of its show, else the one that its person plays outside of shows. */
export function heardSong(socket: AmbientSocket): string | null {
  return songInShow(socket) ?? socket.data.playerSongId
}
