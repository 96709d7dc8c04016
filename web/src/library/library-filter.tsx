import { Link } from 'wouter'
import { formatCount } from '../format/count.ts'
import styles from './library-filter.module.css'

export const suggestionsPath = '/library?view=suggestions'

interface LibraryFilterProps {
  isSuggestions: boolean
  /** The number of songs with suggestions; null until it is known. */
  count: number | null
}

/** Chooses between all songs and those with suggestions. */
export function LibraryFilter({ isSuggestions, count }: LibraryFilterProps) {
  return (
    <nav className={styles.filter} aria-label='Your songs'>
      <Link href='/library' className={styles.option ?? ''} aria-current={isSuggestions ? undefined : 'page'} replace>
        All songs
      </Link>
      <Link
        href={suggestionsPath}
        className={styles.option ?? ''}
        aria-current={isSuggestions ? 'page' : undefined}
        replace
      >
        Suggestions
        {count !== null && count > 0 && <span className={styles.count}>{formatCount(count)}</span>}
      </Link>
    </nav>
  )
}
