import { Music } from 'lucide-react'
import styles from './artwork.module.css'

/** A song's picture; a note where it has none. */
export function Artwork({ url }: { url: string | null }) {
  return url ? (
    <img className={styles.artwork} src={url} alt='' loading='lazy' decoding='async' />
  ) : (
    <span className={`${styles.artwork} ${styles.blank}`}>
      <Music size={22} aria-hidden='true' />
    </span>
  )
}
