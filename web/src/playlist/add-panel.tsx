import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { X } from 'lucide-react'
import type { PlaylistEditor, SpotifyTrack } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
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
export function AddPanel ({ editor, count, to, onClose }: AddPanelProps) {
  const [words, setWords] = useState('')

  function add (tracks: SpotifyTrack[]) {
    const fitting = tracks.slice(0, Math.max(0, mostItems - count))
    if (fitting.length > 0) editor.insert(fitting.map(toItem))
    setWords(addedText(fitting, tracks.length - fitting.length))
  }

  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen onOpenChange={open => { if (!open) onClose() }} isDismissable>
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''}>
          <div className={styles.top}>
            <Heading slot='title'>Add music</Heading>
            <Action kind='quiet' label='Close' onPress={onClose}><X size={20} aria-hidden='true' /></Action>
          </div>
          <Tabs className={styles.tabs ?? ''}>
            <TabList aria-label='From where' className={styles.list ?? ''}>
              <Tab id='playlists' className={styles.tab ?? ''}>My Spotify playlists</Tab>
              <Tab id='search' className={styles.tab ?? ''}>Search Spotify</Tab>
            </TabList>
            <TabPanel id='playlists' className={styles.panel ?? ''}><SpotifyPlaylists to={to} room={mostItems - count} onAdd={add} /></TabPanel>
            <TabPanel id='search' className={styles.panel ?? ''}><SpotifySearch to={to} onAdd={add} /></TabPanel>
          </Tabs>
          <p role='status' className={styles.said}>{words}</p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function addedText (added: readonly SpotifyTrack[], leftOut: number): string {
  const [only] = added
  const full = leftOut > 0 ? ` A playlist holds ${mostItems}; ${leftOut} did not fit.` : ''
  return `${added.length === 1 && only ? `${only.title} is in the playlist.` : `${added.length} tracks are in the playlist.`}${full}`
}
