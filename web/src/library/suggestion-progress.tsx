import type { ProposedSongs } from '../../../client/index.ts'
import { formatCount } from '../format/count.ts'
import styles from './suggestion-progress.module.css'

/** Says for how many songs the repositories were asked. Keeps its place while that is not known. */
export function SuggestionProgress({ progress }: { progress: ProposedSongs['progress'] | null }) {
  return (
    <div className={styles.progress}>
      {progress && progress.total > 0 && (
        <>
          <progress
            className={styles.bar}
            aria-label='Songs that music databases were asked about'
            value={progress.asked}
            max={progress.total}
          />
          <span>
            Asked for {formatCount(progress.asked)} of {formatCount(progress.total)}{' '}
            {progress.total === 1 ? 'song' : 'songs'}
          </span>
        </>
      )}
    </div>
  )
}
