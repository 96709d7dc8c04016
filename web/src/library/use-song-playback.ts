import { useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { SongPlayer, type SongPlayback } from './song-player.ts'

/** The preview player of this browser tab. */
export const songPlayer = new SongPlayer(new Audio(), async songId => await ambient.songs.audioUrl(songId))

let announced: string | null = null
// The server counts who hears a song. It does not matter to the person whether that works.
songPlayer.subscribe(() => {
  const { songId, isPlaying } = songPlayer.view
  const playing = isPlaying ? songId : null
  if (playing === announced) return
  const paused = announced
  announced = playing
  if (playing !== null) ambient.playerState(playing, 'playing').catch(() => {})
  else if (paused !== null) ambient.playerState(paused, 'paused').catch(() => {})
})

const idle: SongPlayback = songPlayer.view

/** Returns the playback of one song, idle while another plays, so that a long list renders only the row that plays. */
export function useSongPlayback(songId: string): SongPlayback {
  return useSyncExternalStore(songPlayer.subscribe, () => (songPlayer.view.songId === songId ? songPlayer.view : idle))
}

/** Returns why the last preview could not be played; null when it could. */
export function usePlaybackError(): string | null {
  return useSyncExternalStore(songPlayer.subscribe, () => songPlayer.view.error)
}
