import { Pause, Play, SkipForward, Square } from 'lucide-react'
import { CodedError, type NowPlaying, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { VolumeSlider } from '../listener/volume-slider.tsx'
import { Action } from '../parts/action.tsx'
import { ItemInfo } from './item-info.tsx'
import { SpotifyHints } from './now-playing.tsx'
import { OverSong } from './over-song.tsx'
import { SeekBar } from './seek-bar.tsx'
import { usePlaying } from './use-playing.ts'
import styles from './deck.module.css'

interface DeckProps {
  view: RoomView
  room: ShowRoom
  /** Whether the list has something to play. */ hasItems: boolean
}

/** What plays, in the hands of a host. */
export function Deck({ view, room, hasItems }: DeckProps) {
  const playing = usePlaying(view)
  if (!playing && !hasItems) return null
  return (
    <div className={styles.deck} role='group' aria-label='Now playing'>
      <div className={styles.parts}>
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
          <p className={styles.nothing}>Nothing plays.</p>
        )}
        <div className={styles.buttons}>
          <PlayPause room={room} isPlaying={playing?.isPlaying ?? false} />
          <Action label='Next' isDisabled={!playing} onPress={async () => await next(room, playing)}>
            <SkipForward size={20} aria-hidden='true' />
          </Action>
          <Action kind='quiet' label='Stop' isDisabled={!playing} onPress={async () => await room.stop()}>
            <Square size={18} aria-hidden='true' />
          </Action>
        </div>
      </div>
      {playing?.item.kind === 'song' && (
        <div className={styles.song}>
          <OverSong view={view} />
          <div className={styles.level}>
            <VolumeSlider room={room} kind='song' label='In your ears' />
          </div>
        </div>
      )}
      <SpotifyHints view={view} />
    </div>
  )
}

/** One button that stays where it is, so that the focus does too. */
function PlayPause({ room, isPlaying }: { room: ShowRoom; isPlaying: boolean }) {
  return (
    <Action
      kind='main'
      label={isPlaying ? 'Pause' : 'Play'}
      onPress={async () => (isPlaying ? await room.pause() : await room.play())}
    >
      {isPlaying ? <Pause size={20} aria-hidden='true' /> : <Play size={20} aria-hidden='true' />}
      {isPlaying ? 'Pause' : 'Play'}
    </Action>
  )
}

/** Where another host was faster, it is the next already. */
async function next(room: ShowRoom, playing: NowPlaying | null): Promise<void> {
  try {
    await room.next(playing?.item.id)
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONFLICT') throw error
  }
}
