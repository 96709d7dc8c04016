import { useEffect, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { X } from 'lucide-react'
import type { PlaylistEditor, PlaylistItem, SpotifyTrack } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { OwnSongs } from './own-songs.tsx'
import { songItem } from './song-items.ts'
import { toItem } from './spotify-items.ts'
import { SpotifyPlaylists } from './spotify-playlists.tsx'
import { SpotifySearch } from './spotify-search.tsx'
import styles from './add-panel.module.css'

/** As the server measures: contract/playlist.ts. */
const mostItems = 500

interface AddPanelProps {
  editor: PlaylistEditor
  /** How many items the playlist has. */
  count: number
  /** Where to come back to after linking Spotify; null for another tab. */
  to: string | null
  onClose: () => void
}

/** Where music comes from; over the show, which goes on behind it. */
export function AddPanel({ editor, count, to, onClose }: AddPanelProps) {
  const [words, setWords] = useState('')
  const { isLinked, isOffered } = useSpotify()

  function add(items: Omit<PlaylistItem, 'id'>[]) {
    const fitting = items.slice(0, Math.max(0, mostItems - count))
    if (fitting.length > 0) editor.insert(fitting)
    setWords(addedText(fitting, items.length - fitting.length))
  }
  const addTracks = (tracks: SpotifyTrack[]) => add(tracks.map(toItem))

  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen
      onOpenChange={open => {
        if (!open) onClose()
      }}
      isDismissable
    >
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''}>
          <div className={styles.top}>
            <Heading slot='title'>Add music</Heading>
            <Action kind='quiet' label='Close' onPress={onClose}>
              <X size={20} aria-hidden='true' />
            </Action>
          </div>
          <Tabs className={styles.tabs ?? ''} defaultSelectedKey={isLinked ? 'playlists' : 'songs'}>
            <TabList aria-label='From where' className={styles.list ?? ''}>
              <Tab id='songs' className={styles.tab ?? ''}>
                Your songs
              </Tab>
              {isOffered && (
                <Tab id='playlists' className={styles.tab ?? ''}>
                  My Spotify playlists
                </Tab>
              )}
              {isOffered && (
                <Tab id='search' className={styles.tab ?? ''}>
                  Search Spotify
                </Tab>
              )}
            </TabList>
            <TabPanel id='songs' className={styles.panel ?? ''}>
              <OwnSongs onAdd={song => add([songItem(song)])} />
            </TabPanel>
            {isOffered && (
              <TabPanel id='playlists' className={styles.panel ?? ''}>
                <SpotifyPlaylists to={to} room={mostItems - count} onAdd={addTracks} />
              </TabPanel>
            )}
            {isOffered && (
              <TabPanel id='search' className={styles.panel ?? ''}>
                <SpotifySearch to={to} onAdd={addTracks} />
              </TabPanel>
            )}
          </Tabs>
          <p role='status' className={styles.said}>
            {words}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

/** Whether this server has Spotify, which whoever linked it knows already. */
function useSpotify(): { isLinked: boolean; isOffered: boolean } {
  const isLinked = useUser()?.spotify?.linked ?? false
  const [isOffered, setOffered] = useState(isLinked)
  useEffect(() => {
    let wanted = true
    // What can't be asked for is not offered.
    ambient.account.signInOptions().then(
      ({ spotify }) => {
        if (wanted) setOffered(spotify)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [])
  return { isLinked, isOffered }
}

function addedText(added: readonly Pick<PlaylistItem, 'title'>[], leftOut: number): string {
  const [only] = added
  const full = leftOut > 0 ? ` A playlist holds ${mostItems}; ${leftOut} did not fit.` : ''
  return `${added.length === 1 && only ? `${only.title} is in the playlist.` : `${added.length} tracks are in the playlist.`}${full}`
}
