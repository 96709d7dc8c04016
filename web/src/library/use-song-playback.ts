import { useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { SongPlayer, type SongPlayback } from './song-player.ts'

/** The one player of this page. */
export const songPlayer = new SongPlayer(new Audio(), async songId => await ambient.songs.audioUrl(songId))

export function useSongPlayback (): SongPlayback {
  return useSyncExternalStore(songPlayer.subscribe, () => songPlayer.view)
}
