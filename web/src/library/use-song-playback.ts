import { useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { SongPlayer, type SongPlayback } from './song-player.ts'

/** The one player of this page. */
export const songPlayer = new SongPlayer(new Audio(), async songId => await ambient.songs.audioUrl(songId))

const idle: SongPlayback = songPlayer.view

/** How one song is played here, idle while another is: the rows of a long list are not all drawn anew while one plays. */
export function usePlaybackOf(songId: string): SongPlayback {
  return useSyncExternalStore(songPlayer.subscribe, () => (songPlayer.view.songId === songId ? songPlayer.view : idle))
}

/** Why the last one could not be played; null when it could. */
export function usePlaybackFault(): string | null {
  return useSyncExternalStore(songPlayer.subscribe, () => songPlayer.view.fault)
}
