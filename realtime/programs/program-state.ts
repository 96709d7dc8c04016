import { isQuiet, type RoomState } from '../../contract/room.ts'
import { songRamps } from '../../contract/song-fade.ts'
import { songLevelGain } from '../../contract/song-gain.ts'
import type { ProgramState } from '../../media/program/program.ts'

/** Whether a show may be streamed, as far as its room knows. The store also knows whether it is public. */
export function isStreamable({ status, settings }: Pick<RoomState, 'status' | 'settings'>): boolean {
  return (status === 'live' || status === 'interrupted') && settings.program === true
}

/** Returns the song of ours that plays or is paused. */
export function findSongId({ playback: { status, item } }: Pick<RoomState, 'playback'>): string | undefined {
  return status !== 'stopped' && item?.kind === 'song' ? item.songId : undefined
}

/**
 * Returns what is streamed of a room. `songs`: ids of the songs that may be heard. Spotify is never in it, since its
 * sound does not pass the server. While a show is quiet for Spotify, nobody in it hears the voices either.
 */
export function programStateOf(room: RoomState, songs: readonly string[]): ProgramState {
  const { playback, settings, title } = room
  const songId = findSongId(room)
  const isSongHeard = playback.status === 'playing' && songId !== undefined && songs.includes(songId)
  const item = isSongHeard ? playback.item : null
  return {
    ducking: settings.ducking,
    songLevel: songLevelGain(room.songLevelDb),
    songFade: songRamps(playback, settings.songFadeMs),
    voices: !isQuiet(room),
    songs,
    jingleProducerId: room.jingle?.producerId ?? null,
    title: item ? [item.artists.join(', '), item.title].filter(part => part !== '').join(' - ') : title
  }
}

/** Returns the producers that are heard in a room. */
export function producersOf({ stage, playback, jingle }: Pick<RoomState, 'stage' | 'playback' | 'jingle'>): string[] {
  const voices = stage.map(({ producerId }) => producerId)
  return [...voices, playback.producerId, jingle?.producerId ?? null].filter(id => id !== null)
}
