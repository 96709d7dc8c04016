import { Music } from 'lucide-react'
import type { PlaylistItem } from '../../../client/index.ts'
import { ArtistName } from './artist-name.tsx'
import styles from './item-info.module.css'

/** The item that plays: its cover, title, artists and album, and the link to a Spotify track. */
export function ItemInfo({
  item: { kind, title, artists, artistUrl, artistKey, album, artworkUrl, link }
}: {
  item: PlaylistItem
}) {
  return (
    <div className={styles.info}>
      {artworkUrl ? (
        <img
          className={`${styles.picture} ${kind === 'song' ? styles.ownArtwork : ''}`}
          src={artworkUrl}
          alt={album ? `Cover of ${album}` : ''}
          decoding='async'
        />
      ) : (
        <span className={styles.blank}>
          <Music size={28} aria-hidden='true' />
        </span>
      )}
      <div className={styles.text}>
        <strong className={styles.title}>{title}</strong>
        {artistUrl ? (
          <a className={styles.artist} href={artistUrl} target='_blank' rel='noreferrer noopener nofollow'>
            {artists.join(', ')}
          </a>
        ) : artistKey && artists.length > 0 ? (
          <ArtistName artistKey={artistKey} name={artists.join(', ')} />
        ) : (
          <span>{artists.join(', ')}</span>
        )}
        {album && <span className={styles.album}>{album}</span>}
        {kind === 'spotify' && link && (
          <a className={styles.link} href={link} target='_blank' rel='noreferrer'>
            Listen on Spotify<span className='visually-hidden'>, {title}, opens in a new tab</span>
          </a>
        )}
      </div>
    </div>
  )
}
