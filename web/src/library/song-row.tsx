import { ListPlus, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Song } from '../../../client/index.ts'
import { durationText } from '../playlist/duration.ts'
import { Artwork } from './artwork.tsx'
import { PlayButton } from './play-button.tsx'
import { faultOfFailure } from './upload-faults.ts'
import { songPlayer, usePlaybackOf } from './use-song-playback.ts'
import { WaveformSlider } from './waveform-slider.tsx'
import styles from './song-row.module.css'

/** One of one's songs, to hear and to move in; what else can be done with it stands at its end. */
export function SongRow({ song, children }: { song: Song; children: ReactNode }) {
  const { status, title, artist, album, artworkUrl } = song
  return (
    <li className={styles.row} aria-label={title}>
      <span className={styles.head}>
        <Artwork url={artworkUrl} />
        <span className={styles.text}>
          <span className={styles.title}>{title}</span>
          <span className={styles.about}>{[artist, album].filter(Boolean).join(' · ') || 'No artist named'}</span>
        </span>
      </span>
      {status === 'ready' ? <Sound song={song} /> : <NotReady song={song} />}
      <span className={styles.acts}>{children}</span>
    </li>
  )
}

function Sound({ song }: { song: Song }) {
  const { id, title, peaks, durationMs } = song
  const { positionMs, fault } = usePlaybackOf(id)
  return (
    <>
      <span className={styles.play}>
        <PlayButton song={song} />
      </span>
      <span className={styles.wave}>
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
        {positionMs > 0 && <span data-position='now'>{durationText(positionMs)}</span>}
        <span className={styles.length}>{durationText(durationMs)}</span>
      </span>
      {fault && (
        <span role='alert' className={styles.fault}>
          {fault}
        </span>
      )}
    </>
  )
}

function NotReady({ song: { status, reason } }: { song: Song }) {
  return status === 'failed' ? (
    <span className={styles.failed}>
      <TriangleAlert size={18} aria-hidden='true' />
      {faultOfFailure(reason).words}
    </span>
  ) : (
    <span className={styles.making}>Getting it ready…</span>
  )
}

/** Stands beside the menu where there is room for words. */
export function UseWords() {
  return (
    <>
      <ListPlus size={18} aria-hidden='true' />
      <span className={styles.words}>Use in show</span>
    </>
  )
}
