import { useCallback, useState } from 'react'
import type { RequestableSong, RoomView } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatDuration } from '../format/duration.ts'
import { Artwork } from '../library/artwork.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import type { OwnVoting } from './use-own-votes.ts'
import styles from './voting.module.css'

interface RequestSongDialogProps {
  showId: string
  view: RoomView
  own: OwnVoting
  onClose: () => void
}

/** The songs of the creator, of which the user requests one. */
export function RequestSongDialog({ showId, view, own, onClose }: RequestSongDialogProps) {
  const [query, setQuery] = useState('')
  const load = useCallback(
    async (page: PageRequest) => {
      const { items, nextCursor } = await ambient.shows.requestableSongs(showId, {
        ...page,
        ...(query && { q: query })
      })
      return { items: items.map(song => ({ ...song, id: song.songId })), nextCursor }
    },
    [showId, query]
  )
  const pages = usePagedList(load)
  const requested = new Set((view.room?.songRequests ?? []).map(({ songId }) => songId))
  return (
    <Dialog title='Request a song' isOpen onClose={onClose}>
      <SearchField label='Search songs' query={query} onSearch={setQuery} />
      <PagedList pages={pages} empty={<p>{query ? 'No song found.' : 'There are no songs to request.'}</p>}>
        {song => (
          <SongChoice
            song={song}
            isRequested={requested.has(song.songId)}
            onRequest={async () => await own.request(song.songId)}
          />
        )}
      </PagedList>
      <DialogButtons>
        <AsyncButton onPress={onClose}>Done</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

interface SongChoiceProps {
  song: RequestableSong
  isRequested: boolean
  onRequest: () => Promise<void>
}

function SongChoice({ song: { title, artist, artworkUrl, durationMs }, isRequested, onRequest }: SongChoiceProps) {
  const duration = formatDuration(durationMs)
  return (
    <li className={`${styles.song} ${styles.choice}`}>
      <Artwork url={artworkUrl} />
      <span className={styles.names}>
        <strong dir='auto'>{title}</strong>
        <span dir='auto'>{artist === null ? duration : `${artist} · ${duration}`}</span>
      </span>
      {isRequested ? (
        <span role='status' className={styles.votes}>
          Requested
        </span>
      ) : (
        <AsyncButton label={`Request ${title}`} onPress={onRequest}>
          Request
        </AsyncButton>
      )}
    </li>
  )
}
