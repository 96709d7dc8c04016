import { useCallback, useState } from 'react'
import { Headphones, Rss } from 'lucide-react'
import { Link } from 'wouter'
import { formatDateTime } from '../format/date-time.ts'
import { formatDuration } from '../format/duration.ts'
import { Section } from '../ui/section.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import { feedPath, loadReplays, type FeedEpisode } from './replay-feed.ts'
import styles from './profile-replays.module.css'

/** The number of replays that are shown at first. */
const firstCount = 6

interface ProfileReplaysProps {
  userId: string
  name: string
  episodes: readonly FeedEpisode[]
}

/** Loads a person's published replays; null until they are known. None when they cannot be loaded. */
export function useReplays(userId: string): readonly FeedEpisode[] | null {
  const [episodes] = useLoaded(useCallback(async () => await loadReplays(userId).catch(() => []), [userId]))
  return episodes
}

/** A person's published replays and the podcast feed with them. Left out when there are none. */
export function ProfileReplays({ userId, name, episodes }: ProfileReplaysProps) {
  const [areAllShown, setAllShown] = useState(false)
  if (episodes.length === 0) return null
  const shown = areAllShown ? episodes : episodes.slice(0, firstCount)
  return (
    <Section
      title='Replays'
      aside={
        <a href={feedPath(userId)} className={styles.feed}>
          <Rss size={18} aria-hidden='true' />
          Podcast feed (RSS)
        </a>
      }
    >
      <link rel='alternate' type='application/rss+xml' title={`Replays of ${name}`} href={feedPath(userId)} />
      <ul className={styles.list}>
        {shown.map(({ title, path, publishedAt, durationMs }) => (
          <li key={path} className={styles.episode}>
            <Headphones size={20} aria-hidden='true' className={styles.icon} />
            <Link href={path} className={styles.title ?? ''}>
              {title}
            </Link>
            <span className={styles.detail}>
              {formatDateTime(publishedAt)}
              {durationMs > 0 && ` · ${formatDuration(durationMs)}`}
            </span>
          </li>
        ))}
      </ul>
      {shown.length < episodes.length && (
        <button type='button' className={styles.more} onClick={() => setAllShown(true)}>
          Show all {episodes.length} replays
        </button>
      )}
    </Section>
  )
}
