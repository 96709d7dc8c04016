import type { NowPlaying, RoomView } from '../../../client/index.ts'
import { SongAudience } from '../live/song-audience.tsx'
import { formatDuration, formatSpokenDuration } from '../format/duration.ts'
import { ItemInfo } from './item-info.tsx'
import { SpotifyHints } from './spotify-hints.tsx'
import { useNowPlaying } from './use-now-playing.ts'
import styles from './now-playing-card.module.css'

/** Shows listeners what plays and its position; nothing but the live region when nothing plays. */
export function NowPlayingCard({ view }: { view: RoomView }) {
  const playing = useNowPlaying(view)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {playing && describePlaying(playing)}
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
              aria-valuetext={describePosition(playing)}
            />
            <span className={styles.times}>
              <span data-position='now' aria-hidden='true'>
                {formatDuration(playing.positionMs)}
              </span>
              <SongAudience songId={playing.item.songId ?? null} />
              <span aria-hidden='true'>{playing.isPlaying ? formatDuration(playing.item.durationMs) : 'Paused'}</span>
            </span>
          </div>
          <SpotifyHints view={view} />
        </section>
      )}
    </>
  )
}

function describePlaying({ isPlaying, item: { title, artists } }: NowPlaying): string {
  return `${isPlaying ? 'Now playing' : 'Paused'}: ${[title, ...artists].join(', ')}`
}

function describePosition({ positionMs, item: { durationMs } }: NowPlaying): string {
  return `${formatSpokenDuration(positionMs)} of ${formatSpokenDuration(durationMs)}`
}
