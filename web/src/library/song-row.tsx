import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Song } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { SongAudience } from '../live/song-audience.tsx'
import { Artwork } from './artwork.tsx'
import { PlayButton } from './play-button.tsx'
import { processingErrorOf } from './upload-errors.ts'
import { songPlayer, useSongPlayback } from './use-song-playback.ts'
import { WaveformSlider } from './waveform-slider.tsx'
import styles from './song-row.module.css'

interface SongRowProps {
  song: Song
  children: ReactNode
  /** Stands below the rest, over the whole width. */
  footer?: ReactNode
}

/** A song in the library: its tags, a preview with a waveform, and further controls at its end. */
export function SongRow({ song, children, footer }: SongRowProps) {
  const { status, title, artist, album, artworkUrl } = song
  return (
    <li className={styles.row} aria-label={title}>
      <span className={styles.header}>
        <Artwork url={artworkUrl} />
        <span className={styles.text}>
          <span className={styles.title}>{title}</span>
          <span className={styles.subtitle}>{[artist, album].filter(Boolean).join(' · ') || 'Unknown artist'}</span>
          {status === 'ready' && <PlayingAudience songId={song.id} />}
        </span>
      </span>
      {status === 'ready' ? <Preview song={song} /> : <ProcessingStatus song={song} />}
      <span className={styles.actions}>{children}</span>
      {footer}
    </li>
  )
}

/** The number of people who hear the song, while the preview plays. */
function PlayingAudience({ songId }: { songId: string }) {
  const { isPlaying } = useSongPlayback(songId)
  return isPlaying && <SongAudience songId={songId} className={styles.audience} />
}

function Preview({ song }: { song: Song }) {
  const { id, title, peaks, durationMs } = song
  const { positionMs, error } = useSongPlayback(id)
  return (
    <>
      <span>
        <PlayButton song={song} />
      </span>
      <span className={styles.waveform}>
        <WaveformSlider
          label={`Position in ${title}`}
          peaks={peaks}
          durationMs={durationMs}
          positionMs={positionMs}
          onSeek={ms => {
            songPlayer.seek(id, ms)
          }}
        />
      </span>
      <span className={styles.time}>
        {positionMs > 0 && <span data-position='now'>{formatDuration(positionMs)}</span>}
        <span className={styles.duration}>{formatDuration(durationMs)}</span>
      </span>
      {error && (
        <span role='alert' className={styles.error}>
          {error}
        </span>
      )}
    </>
  )
}

function ProcessingStatus({ song }: { song: Song }) {
  return song.status === 'failed' ? (
    <span className={styles.failed}>
      <TriangleAlert size={18} aria-hidden='true' />
      {processingErrorOf(song).message}
    </span>
  ) : (
    <span className={styles.processing}>Processing…</span>
  )
}
