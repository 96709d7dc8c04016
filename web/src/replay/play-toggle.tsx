import { Pause, Play } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { usePlayback } from './use-player.ts'
import styles from './play-toggle.module.css'

/** Plays and pauses a replay. */
export function PlayToggle({ player, title }: { player: ReplayPlayer; title: string }) {
  const isPlaying = usePlayback(player, view => view.isPlaying)
  const isBuffering = usePlayback(player, view => view.isPlaying && view.isBuffering)
  const Icon = isPlaying ? Pause : Play
  return (
    <Button
      className={`${styles.button} ${isBuffering ? styles.buffering : ''}`}
      aria-label={`${isPlaying ? 'Pause' : 'Play'} the replay of ${title}`}
      onPress={() => {
        player.toggle()
      }}
    >
      <Icon size={26} fill='currentColor' aria-hidden='true' />
    </Button>
  )
}
