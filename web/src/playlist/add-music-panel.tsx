import { useState } from 'react'
import { X } from 'lucide-react'
import { Dialog, Heading, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { PlaylistEditor, PlaylistItem, SpotifyTrack } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { useSignInOptions } from '../sign-in/use-sign-in-options.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { songToItem } from './song-item.ts'
import { SongPicker } from './song-picker.tsx'
import { SpotifyPlaylists } from './spotify-playlists.tsx'
import { SpotifySearch } from './spotify-search.tsx'
import { trackToItem } from './spotify-tracks.ts'
import styles from './add-music-panel.module.css'

/** Maximum number of items of a playlist, as in contract/playlist.ts. */
const maxItems = 500

interface AddMusicPanelProps {
  editor: PlaylistEditor
  /** The number of items in the playlist. */
  count: number
  /** The path to come back to after linking Spotify; null during a show. */
  returnPath: string | null
  onClose: () => void
}

/** A panel over the show to add songs and Spotify tracks to its playlist. */
export function AddMusicPanel({ editor, count, returnPath, onClose }: AddMusicPanelProps) {
  const [status, setStatus] = useState('')
  const isLinked = useUser()?.spotify?.linked ?? false
  // A linked account shows that the server has Spotify, before the options are loaded.
  const isSpotifyOffered = useSignInOptions()?.spotify ?? isLinked

  function add(items: Omit<PlaylistItem, 'id'>[]) {
    const fitting = items.slice(0, Math.max(0, maxItems - count))
    if (fitting.length > 0) editor.insert(fitting)
    setStatus(describeAdded(fitting, items.length - fitting.length))
  }
  const addTracks = (tracks: SpotifyTrack[]) => add(tracks.map(trackToItem))

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
          <div className={styles.header}>
            <Heading slot='title'>Add music</Heading>
            <AsyncButton variant='quiet' label='Close' onPress={onClose}>
              <X size={20} aria-hidden='true' />
            </AsyncButton>
          </div>
          <Tabs className={styles.tabs ?? ''} defaultSelectedKey={isLinked ? 'playlists' : 'songs'}>
            <TabList aria-label='Music source' className={styles.tabList ?? ''}>
              <Tab id='songs' className={styles.tab ?? ''}>
                Your songs
              </Tab>
              {isSpotifyOffered && (
                <Tab id='playlists' className={styles.tab ?? ''}>
                  Your Spotify playlists
                </Tab>
              )}
              {isSpotifyOffered && (
                <Tab id='search' className={styles.tab ?? ''}>
                  Search Spotify
                </Tab>
              )}
            </TabList>
            <TabPanel id='songs' className={styles.panel ?? ''}>
              <SongPicker onAdd={song => add([songToItem(song)])} />
            </TabPanel>
            {isSpotifyOffered && (
              <TabPanel id='playlists' className={styles.panel ?? ''}>
                <SpotifyPlaylists returnPath={returnPath} freeItems={maxItems - count} onAdd={addTracks} />
              </TabPanel>
            )}
            {isSpotifyOffered && (
              <TabPanel id='search' className={styles.panel ?? ''}>
                <SpotifySearch returnPath={returnPath} onAdd={addTracks} />
              </TabPanel>
            )}
          </Tabs>
          <p role='status' className={styles.status}>
            {status}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function describeAdded(added: readonly Pick<PlaylistItem, 'title'>[], leftOut: number): string {
  const [first] = added
  const text = added.length === 1 && first ? `Added ${first.title}.` : `Added ${added.length} tracks.`
  return leftOut > 0 ? `${text} A playlist can hold ${maxItems} items; ${leftOut} didn’t fit.` : text
}
