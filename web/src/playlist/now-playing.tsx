import { isQuiet, type RoomView } from '../../../client/index.ts'
import { durationText, spokenDuration } from './duration.ts'
import { ItemInfo } from './item-info.tsx'
import { usePlaying } from './use-playing.ts'
import styles from './now-playing.module.css'

/** For who listens: what plays, and where everybody is in it. Nothing where nothing plays. */
export function NowPlaying({ view }: { view: RoomView }) {
  const playing = usePlaying(view)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {playing &&
          `${playing.isPlaying ? 'Now playing' : 'Paused'}: ${[playing.item.title, ...playing.item.artists].join(', ')}`}
      </p>
      {playing && (
        <section className={styles.card} aria-label='Now playing'>
          <ItemInfo item={playing.item} />
          <div className={styles.position}>
            <progress
              className={styles.bar}
              value={playing.positionMs}
              max={playing.item.durationMs}
              aria-label='Position'
              aria-valuetext={`${spokenDuration(playing.positionMs)} of ${spokenDuration(playing.item.durationMs)}`}
            />
            <span className={styles.times} aria-hidden='true'>
              <span data-position='now'>{durationText(playing.positionMs)}</span>
              <span>{playing.isPlaying ? durationText(playing.item.durationMs) : 'Paused'}</span>
            </span>
          </div>
          <SpotifyHints view={view} />
        </section>
      )}
    </>
  )
}

/** What one should know while something of Spotify's plays. */
export function SpotifyHints({ view: { room } }: { view: RoomView }) {
  if (!room || room.playback.item?.kind !== 'spotify') return null
  return (
    <>
      {isQuiet(room) && (
        <p role='status' className={styles.quiet}>
          Voices are silent while Spotify plays.
        </p>
      )}
      <p className={styles.hint}>The music is not part of the show: everybody plays it in their own Spotify.</p>
    </>
  )
}
