import { Button } from 'react-aria-components'
import { Pause, Play } from 'lucide-react'
import type { Song } from '../../../client/index.ts'
import { songPlayer, usePlaybackOf } from './use-song-playback.ts'
import styles from './play-button.module.css'

/** Plays a song for oneself alone, or rests it. */
export function PlayButton({ song: { id, title } }: { song: Pick<Song, 'id' | 'title'> }) {
  const { isPlaying: isOn, isWaiting } = usePlaybackOf(id)
  return (
    <Button
      className={`${styles.button} ${isOn && isWaiting ? styles.waiting : ''}`}
      aria-label={`${isOn ? 'Pause' : 'Play'} ${title}`}
      onPress={() => {
        if (isOn) songPlayer.pause()
        else songPlayer.play(id)
      }}
    >
      {isOn ? (
        <Pause size={18} fill='currentColor' aria-hidden='true' />
      ) : (
        <Play size={18} fill='currentColor' aria-hidden='true' />
      )}
    </Button>
  )
}
