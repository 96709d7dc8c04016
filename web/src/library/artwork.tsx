import { Music } from 'lucide-react'
import styles from './artwork.module.css'

/** The cover of a song, or a note icon when it has none. */
export function Artwork({ url }: { url: string | null }) {
  return url ? (
    <img className={styles.artwork} src={url} alt='' loading='lazy' decoding='async' />
  ) : (
    <span className={`${styles.artwork} ${styles.blank}`}>
      <Music size={22} aria-hidden='true' />
    </span>
  )
}
