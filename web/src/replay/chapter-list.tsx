import type { ReplayChapter } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { currentIndex } from './chapters.ts'
import { PlaceButton } from './place-button.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { usePlayback } from './use-player.ts'
import styles from './chapter-list.module.css'

/** The chapters of a replay. Pressing one plays from there. */
export function ChapterList({ player, chapters }: { player: ReplayPlayer; chapters: readonly ReplayChapter[] }) {
  const current = usePlayback(player, ({ positionMs }) => currentIndex(chapters, positionMs))
  if (chapters.length === 0) return <p className={styles.empty}>No chapters.</p>
  return (
    <ol className={styles.list}>
      {chapters.map(({ atMs, title }, index) => (
        <li key={`${atMs} ${title}`} {...(index === current && { 'aria-current': true })}>
          <PlaceButton player={player} atMs={atMs} isCurrent={index === current}>
            <span className={styles.time}>{formatDuration(atMs)}</span>
            <span>{title}</span>
          </PlaceButton>
        </li>
      ))}
    </ol>
  )
}
