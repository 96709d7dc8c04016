import { useCallback, useEffect, useRef, useState } from 'react'
import { ArrowLeft } from 'lucide-react'
import type { SpotifyPlaylist, SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Button } from '../ui/button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import type { PageRequest } from '../ui/use-paged-list.ts'
import { SpotifyError } from './spotify-error.tsx'
import { loadAllTracks, withListIds } from './spotify-tracks.ts'
import { TrackList } from './track-list.tsx'
import { useSpotifyList } from './use-spotify-list.ts'
import styles from './add-music-panel.module.css'

interface SpotifyPlaylistsProps {
  /** The path to come back to after linking Spotify; null during a show. */
  returnPath: string | null
  /** The number of items that still fit into the show's playlist. */
  freeItems: number
  onAdd: (tracks: SpotifyTrack[]) => void
}

/** The user's Spotify playlists: one can be opened, to add some or all of its tracks. */
export function SpotifyPlaylists(props: SpotifyPlaylistsProps) {
  const [openPlaylist, setOpenPlaylist] = useState<SpotifyPlaylist | null>(null)
  const opener = useRef<Element | null>(null)

  function open(playlist: SpotifyPlaylist) {
    opener.current = document.activeElement
    setOpenPlaylist(playlist)
  }

  // Going back returns the focus to the playlist that was opened.
  useEffect(() => {
    if (!openPlaylist && opener.current instanceof HTMLElement) opener.current.focus()
  }, [openPlaylist])

  return (
    <>
      <div hidden={openPlaylist !== null}>
        <PlaylistChoice returnPath={props.returnPath} onOpen={open} />
      </div>
      {openPlaylist && <PlaylistTracks playlist={openPlaylist} {...props} onBack={() => setOpenPlaylist(null)} />}
    </>
  )
}

function PlaylistChoice({
  returnPath,
  onOpen
}: Pick<SpotifyPlaylistsProps, 'returnPath'> & { onOpen: (playlist: SpotifyPlaylist) => void }) {
  const load = useCallback(async (page: PageRequest) => await ambient.spotify.playlists(page), [])
  const { pages, error } = useSpotifyList(load)
  if (error) {
    return <SpotifyError error={error} returnPath={returnPath} onRetry={pages.items ? pages.loadMore : pages.refresh} />
  }
  return (
    <PagedList pages={pages} empty='You have no playlists on Spotify.'>
      {playlist => (
        <li>
          <Button className={styles.playlist ?? ''} onPress={() => onOpen(playlist)}>
            {playlist.artworkUrl ? (
              <img className={styles.picture} src={playlist.artworkUrl} alt='' loading='lazy' decoding='async' />
            ) : (
              <span className={styles.picture} />
            )}
            <span className={styles.text}>
              <strong>{playlist.name}</strong>
              <span className={styles.details}>{contentsOf(playlist)}</span>
            </span>
          </Button>
        </li>
      )}
    </PagedList>
  )
}

/** Says how many tracks a playlist has, or that Spotify keeps them from this app. */
function contentsOf({ itemCount, readable }: SpotifyPlaylist): string {
  if (readable === false) return 'Somebody else’s: only its owner can add its tracks'
  return `${itemCount} ${itemCount === 1 ? 'track' : 'tracks'}`
}

function PlaylistTracks({
  playlist: { id, name, itemCount, link },
  returnPath,
  freeItems,
  onAdd,
  onBack
}: SpotifyPlaylistsProps & { playlist: SpotifyPlaylist; onBack: () => void }) {
  const load = useCallback(async (page: PageRequest) => withListIds(await ambient.spotify.items(id, page), page), [id])
  const { pages, error } = useSpotifyList(load)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus()
  }, [])
  return (
    <>
      <div>
        <AsyncButton variant='quiet' onPress={onBack}>
          <ArrowLeft size={18} aria-hidden='true' />
          All playlists
        </AsyncButton>
      </div>
      <div className={styles.playlistHeader}>
        <h3 ref={heading} tabIndex={-1}>
          {name}
        </h3>
        {itemCount > 0 && (
          <AsyncButton variant='primary' onPress={async () => onAdd(await loadAllTracks(id, freeItems))}>
            Add all {itemCount}
          </AsyncButton>
        )}
      </div>
      {link && (
        <a className={styles.link} href={link} target='_blank' rel='noreferrer'>
          Open in Spotify
        </a>
      )}
      <TrackList pages={pages} error={error} empty='This playlist is empty.' returnPath={returnPath} onAdd={onAdd} />
    </>
  )
}
