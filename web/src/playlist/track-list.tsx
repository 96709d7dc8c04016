import { Check, Plus } from 'lucide-react'
import { useState } from 'react'
import type { CodedError, SpotifyTrack } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Pages } from '../parts/use-pages.ts'
import { durationText } from './duration.ts'
import { SpotifyFault } from './spotify-fault.tsx'
import type { ListedTrack } from './spotify-items.ts'
import styles from './track-list.module.css'

interface TrackListProps {
  pages: Pages<ListedTrack>
  fault: CodedError | null
  empty: string
  to: string | null
  onAdd: (tracks: SpotifyTrack[]) => void
}

/** Tracks of Spotify's, to add one by one. */
export function TrackList({ pages, fault, empty, to, onAdd }: TrackListProps) {
  if (fault) return <SpotifyFault fault={fault} to={to} again={pages.items ? pages.more : pages.refresh} />
  return (
    <Listing pages={pages} empty={empty}>
      {track => <Track track={track} onAdd={() => onAdd([track])} />}
    </Listing>
  )
}

function Track({
  track: { title, artists, durationMs, artworkUrl, available, link },
  onAdd
}: {
  track: ListedTrack
  onAdd: () => void
}) {
  const [added, setAdded] = useState(false)
  const add = () => {
    onAdd()
    setAdded(true)
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
        <span className={styles.about}>
          {artists.join(', ')} · {durationText(durationMs)}
        </span>
      </span>
      {available ? (
        <Action label={`${added ? 'Added' : 'Add'} ${title}`} onPress={add}>
          {added ? <Check size={18} aria-hidden='true' /> : <Plus size={18} aria-hidden='true' />}
          {added ? 'Added' : 'Add'}
        </Action>
      ) : (
        <span className={styles.about}>Not available</span>
      )}
    </li>
  )
}
