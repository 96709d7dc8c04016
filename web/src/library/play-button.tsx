import { Pause, Play } from 'lucide-react'
import type { Song } from '../../../client/index.ts'
import { Button } from '../ui/button.tsx'
import { songPlayer, useSongPlayback } from './use-song-playback.ts'
import styles from './play-button.module.css'

/** Plays and pauses a preview of a song, which only this user hears. */
export function PlayButton({ song: { id, title } }: { song: Pick<Song, 'id' | 'title'> }) {
  const { isPlaying, isBuffering } = useSongPlayback(id)
  return (
    <Button
      className={`${styles.button} ${isPlaying && isBuffering ? styles.buffering : ''}`}
      aria-label={`${isPlaying ? 'Pause' : 'Play'} ${title}`}
      onPress={() => {
        if (isPlaying) songPlayer.pause()
        else songPlayer.play(id)
      }}
    >
      {isPlaying ? (
        <Pause size={18} fill='currentColor' aria-hidden='true' />
      ) : (
        <Play size={18} fill='currentColor' aria-hidden='true' />
      )}
    </Button>
  )
}
