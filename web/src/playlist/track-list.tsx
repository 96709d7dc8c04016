import { Check, Plus } from 'lucide-react'
import { useState } from 'react'
import type { CodedError, SpotifyTrack } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import type { PagedItems } from '../ui/use-paged-list.ts'
import { formatDuration } from '../format/duration.ts'
import { SpotifyError } from './spotify-error.tsx'
import type { ListedTrack } from './spotify-tracks.ts'
import styles from './track-list.module.css'

interface TrackListProps {
  pages: PagedItems<ListedTrack>
  error: CodedError | null
  empty: string
  returnPath: string | null
  onAdd: (tracks: SpotifyTrack[]) => void
}

/** Spotify tracks, each with a button to add it. */
export function TrackList({ pages, error, empty, returnPath, onAdd }: TrackListProps) {
  if (error) {
    return <SpotifyError error={error} returnPath={returnPath} onRetry={pages.items ? pages.loadMore : pages.refresh} />
  }
  return (
    <PagedList pages={pages} empty={empty}>
      {track => <Track track={track} onAdd={() => onAdd([track])} />}
    </PagedList>
  )
}

function Track({
  track: { title, artists, durationMs, artworkUrl, available, link },
  onAdd
}: {
  track: ListedTrack
  onAdd: () => void
}) {
  const [isAdded, setIsAdded] = useState(false)
  const add = () => {
    onAdd()
    setIsAdded(true)
  }
  return (
    <li className={styles.track}>
      {artworkUrl ? (
        <img className={styles.picture} src={artworkUrl} alt='' loading='lazy' decoding='async' />
      ) : (
        <span className={styles.picture} />
      )}
      <span className={styles.text}>
        {link ? (
          <a className={styles.title} href={link} target='_blank' rel='noreferrer'>
            {title}
          </a>
        ) : (
          <span className={styles.title}>{title}</span>
        )}
        <span className={styles.details}>
          {artists.join(', ')} · {formatDuration(durationMs)}
        </span>
      </span>
      {available ? (
        <AsyncButton label={`${isAdded ? 'Added' : 'Add'} ${title}`} onPress={add}>
          {isAdded ? <Check size={18} aria-hidden='true' /> : <Plus size={18} aria-hidden='true' />}
          {isAdded ? 'Added' : 'Add'}
        </AsyncButton>
      ) : (
        <span className={styles.details}>Not available</span>
      )}
    </li>
  )
}
