import { isQuiet, type RoomView } from '../../../client/index.ts'
import styles from './spotify-hints.module.css'

/** Explains what is special while a Spotify track plays: where its sound comes from, and whether voices are muted. */
export function SpotifyHints({ view: { room } }: { view: RoomView }) {
  if (!room || room.playback.item?.kind !== 'spotify') return null
  return (
    <>
      {isQuiet(room) && (
        <p role='status' className={styles.voicesOff}>
          Voices are muted while Spotify plays.
        </p>
      )}
      <p className={styles.hint}>This music isn’t part of the show’s sound. Everyone plays it in their own Spotify.</p>
    </>
  )
}
