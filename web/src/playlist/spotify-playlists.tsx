import { useCallback, useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { ArrowLeft } from 'lucide-react'
import type { SpotifyPlaylist, SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Listing } from '../parts/listing.tsx'
import type { PageAsked } from '../parts/use-pages.ts'
import { SpotifyFault } from './spotify-fault.tsx'
import { allOf, listed } from './spotify-items.ts'
import { TrackList } from './track-list.tsx'
import { useSpotifyPages } from './use-spotify-pages.ts'
import styles from './add-panel.module.css'

interface SpotifyPlaylistsProps {
  to: string | null
  /** How many more a playlist of ours takes. */
  room: number
  onAdd: (tracks: SpotifyTrack[]) => void
}

/** One's own playlists at Spotify, to look into and to take from. */
export function SpotifyPlaylists(props: SpotifyPlaylistsProps) {
  const [opened, setOpened] = useState<SpotifyPlaylist | null>(null)
  const opener = useRef<Element | null>(null)

  function open(playlist: SpotifyPlaylist) {
    opener.current = document.activeElement
    setOpened(playlist)
  }

  // Who comes back is where they were.
  useEffect(() => {
    if (!opened && opener.current instanceof HTMLElement) opener.current.focus()
  }, [opened])

  return (
    <>
      <div hidden={opened !== null}>
        <Playlists to={props.to} onOpen={open} />
      </div>
      {opened && <Opened playlist={opened} {...props} onBack={() => setOpened(null)} />}
    </>
  )
}

function Playlists({
  to,
  onOpen
}: Pick<SpotifyPlaylistsProps, 'to'> & { onOpen: (playlist: SpotifyPlaylist) => void }) {
  const load = useCallback(async (page: PageAsked) => await ambient.spotify.playlists(page), [])
  const { pages, fault } = useSpotifyPages(load)
  if (fault) return <SpotifyFault fault={fault} to={to} again={pages.items ? pages.more : pages.refresh} />
  return (
    <Listing pages={pages} empty='You have no playlists at Spotify.'>
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
              <span className={styles.about}>
                {playlist.itemCount} {playlist.itemCount === 1 ? 'track' : 'tracks'}
              </span>
            </span>
          </Button>
        </li>
      )}
    </Listing>
  )
}

function Opened({
  playlist: { id, name, itemCount, link },
  to,
  room,
  onAdd,
  onBack
}: SpotifyPlaylistsProps & { playlist: SpotifyPlaylist; onBack: () => void }) {
  const load = useCallback(async (page: PageAsked) => listed(await ambient.spotify.items(id, page), page), [id])
  const { pages, fault } = useSpotifyPages(load)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus()
  }, [])
  return (
    <>
      <div>
        <Action kind='quiet' onPress={onBack}>
          <ArrowLeft size={18} aria-hidden='true' />
          All playlists
        </Action>
      </div>
      <div className={styles.head}>
        <h3 ref={heading} tabIndex={-1}>
          {name}
        </h3>
        {itemCount > 0 && (
          <Action kind='main' onPress={async () => onAdd(await allOf(id, room))}>
            Add all {itemCount}
          </Action>
        )}
      </div>
      {link && (
        <a className={styles.link} href={link} target='_blank' rel='noreferrer'>
          Open in Spotify
        </a>
      )}
      <TrackList pages={pages} fault={fault} empty='This playlist is empty.' to={to} onAdd={onAdd} />
    </>
  )
}
