import { Pause, Play, SkipForward, Square } from 'lucide-react'
import { CodedError, type NowPlaying, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { VolumeSlider } from '../controls/volume-slider.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { DuckingStatus } from './ducking-status.tsx'
import { FadeButton, FadeStatus } from './fade-button.tsx'
import { ItemInfo } from './item-info.tsx'
import { SeekBar } from './seek-bar.tsx'
import { SongLevel } from './song-level.tsx'
import { SpotifyHints } from './spotify-hints.tsx'
import { useNowPlaying } from './use-now-playing.ts'
import styles from './playback-controls.module.css'

interface PlaybackControlsProps {
  view: RoomView
  room: ShowRoom
  /** Whether the playlist has an item that can be played. */
  hasItems: boolean
}

/** Shows hosts what plays, with transport controls and their own song volume. */
export function PlaybackControls({ view, room, hasItems }: PlaybackControlsProps) {
  const playing = useNowPlaying(view)
  if (!playing && !hasItems) return null
  return (
    <div className={styles.controls} role='group' aria-label='Now playing'>
      <div className={styles.row}>
        {playing ? (
          <>
            <ItemInfo item={playing.item} />
            <div className={styles.seek}>
              <SeekBar
                key={playing.item.id}
                playing={playing}
                onSeek={async positionMs => {
                  await room.seek(positionMs)
                }}
              />
            </div>
          </>
        ) : (
          <p className={styles.nothing}>Nothing is playing.</p>
        )}
        <div className={styles.buttons}>
          <PlayPauseButton room={room} isPlaying={playing?.isPlaying ?? false} />
          <AsyncButton label='Next' isDisabled={!playing} onPress={async () => await next(room, playing)}>
            <SkipForward size={20} aria-hidden='true' />
          </AsyncButton>
          <AsyncButton variant='quiet' label='Stop' isDisabled={!playing} onPress={async () => await room.stop()}>
            <Square size={18} aria-hidden='true' />
          </AsyncButton>
        </div>
      </div>
      {view.room && (
        <div className={styles.fading}>
          {playing?.item.kind === 'song' && <FadeButton room={room} state={view.room} />}
          <FadeStatus playback={view.room.playback} />
        </div>
      )}
      {playing?.item.kind === 'song' && (
        <div className={styles.song}>
          <DuckingStatus view={view} />
          <div className={styles.level}>
            <VolumeSlider room={room} kind='song' label='Your volume' />
          </div>
          {view.room && (
            <div className={styles.levelForAll}>
              <SongLevel room={room} levelDb={view.room.songLevelDb ?? 0} />
            </div>
          )}
        </div>
      )}
      <SpotifyHints view={view} />
    </div>
  )
}

/** One button for both actions, so that it keeps the focus. */
function PlayPauseButton({ room, isPlaying }: { room: ShowRoom; isPlaying: boolean }) {
  return (
    <AsyncButton
      variant='primary'
      label={isPlaying ? 'Pause' : 'Play'}
      onPress={async () => (isPlaying ? await room.pause() : await room.play())}
    >
      {isPlaying ? <Pause size={20} aria-hidden='true' /> : <Play size={20} aria-hidden='true' />}
      {isPlaying ? 'Pause' : 'Play'}
    </AsyncButton>
  )
}

/** Plays the next item. A conflict means that another host was faster, and it is already playing. */
async function next(room: ShowRoom, playing: NowPlaying | null): Promise<void> {
  try {
    await room.next(playing?.item.id)
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONFLICT') throw error
  }
}
