import { ToggleButton } from 'react-aria-components'
import { Captions, FastForward, RotateCcw, RotateCw, Volume2, VolumeX } from 'lucide-react'
import type { Replay } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { ShareButton } from '../show/share-button.tsx'
import { Button } from '../ui/button.tsx'
import { backMs, forwardMs, rates, type ReplayPlayer } from './replay-player.ts'
import { usePlayback, usePosition } from './use-player.ts'
import styles from './replay-controls.module.css'

interface ReplayControlsProps {
  player: ReplayPlayer
  replay: Replay
  /** Whether captions are shown; null when there are none. */
  hasCaptions: boolean | null
  onCaptions: (isOn: boolean) => void
}

/** The controls below the waveform: jumps, speed, silence, captions, sound, and a link to the current place. */
export function ReplayControls({ player, replay, hasCaptions, onCaptions }: ReplayControlsProps) {
  const rate = usePlayback(player, view => view.rate)
  const skipsSilence = usePlayback(player, view => view.skipsSilence)
  const isMuted = usePlayback(player, view => view.isMuted)
  return (
    <div className={styles.controls}>
      <Button className={styles.round ?? ''} aria-label='Back 15 seconds' onPress={() => player.skip(-backMs)}>
        <RotateCcw size={20} aria-hidden='true' />
      </Button>
      <Button className={styles.round ?? ''} aria-label='Forward 30 seconds' onPress={() => player.skip(forwardMs)}>
        <RotateCw size={20} aria-hidden='true' />
      </Button>
      <ToggleButton
        className={styles.round ?? ''}
        aria-label='Mute'
        isSelected={isMuted}
        onChange={muted => player.setMuted(muted)}
      >
        {isMuted ? <VolumeX size={20} aria-hidden='true' /> : <Volume2 size={20} aria-hidden='true' />}
      </ToggleButton>
      <select
        aria-label='Speed'
        className={styles.speed}
        value={rate}
        onChange={event => player.setRate(Number(event.target.value))}
      >
        {rates.map(value => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
      <ToggleButton
        className={styles.toggle ?? ''}
        isSelected={skipsSilence}
        onChange={isOn => player.setSkipsSilence(isOn)}
      >
        <FastForward size={18} aria-hidden='true' />
        Skip silence
      </ToggleButton>
      {hasCaptions !== null && (
        <ToggleButton className={styles.toggle ?? ''} isSelected={hasCaptions} onChange={onCaptions}>
          <Captions size={18} aria-hidden='true' />
          Captions
        </ToggleButton>
      )}
      <span className={styles.share}>
        <ShareAtPosition player={player} replay={replay} />
      </span>
    </div>
  )
}

function ShareAtPosition({ player, replay: { showId, title } }: { player: ReplayPlayer; replay: Replay }) {
  const positionMs = usePosition(player, 1000)
  return (
    <ShareButton
      showId={showId}
      title={title}
      atMs={positionMs}
      label={positionMs < 1000 ? 'Share' : `Share at ${formatDuration(positionMs)}`}
    />
  )
}
