import { useRef } from 'react'
import type { Song, SongSpace } from '../../../client/index.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { SpaceMeter } from './space-meter.tsx'
import { SongEntry } from './song-entry.tsx'
import { useUploads } from './uploads.ts'
import type { Proposals } from './use-proposals.ts'
import type { Songs } from './use-songs.ts'
import styles from './song-list.module.css'

interface SongListProps {
  q: string
  onSearch: (q: string) => void
  songs: Songs
  /** The space for songs; null until it is known. */
  space: SongSpace | null
  proposals: Proposals
  onRemoved: () => void
}

/** All songs of the user, or those that match a search. */
export function SongList({ q, onSearch, songs, space, proposals, onRemoved }: SongListProps) {
  const { uploads } = useUploads()
  const hasStrip = useStripRule(proposals)
  // Songs that are still uploading or processing appear in the upload list, with their progress.
  const uploadingIds = new Set(uploads.map(({ songId }) => songId))
  const listed = songs.items?.filter(({ id }) => !uploadingIds.has(id)) ?? null
  return (
    <>
      <div className={styles.toolbar}>
        <SearchField label='Search your songs' query={q} onSearch={onSearch} />
        {space && <SpaceMeter space={space} />}
      </div>
      {/* Shown with the proposals for the songs: their rows are higher. */}
      <PagedList
        pages={{ ...songs, items: proposals.isSettled ? listed : null }}
        empty={
          q ? (
            <p>No songs found. Search looks at the beginnings of words in the title, artist and album.</p>
          ) : (
            <p>Your songs will appear here as soon as they’re ready.</p>
          )
        }
      >
        {song => (
          <SongEntry
            song={song}
            proposals={proposals}
            hasStrip={hasStrip(song)}
            onRemoved={() => {
              songs.removed(song.id)
              onRemoved()
            }}
          />
        )}
      </PagedList>
      <p className={styles.hint}>Drop files anywhere on this page to upload them.</p>
    </>
  )
}

/**
 * Returns a rule about which rows say what was found: those whose artist is not known, and those with a proposal when
 * they are shown first. The decision stays, so that no row grows while a person looks at it.
 */
function useStripRule(proposals: Proposals): (song: Song) => boolean {
  const decisions = useRef(new Map<string, boolean>())
  return ({ id, status, artist }) => {
    if (status !== 'ready' || !proposals.isSettled) return false
    const hasStrip = decisions.current.get(id) ?? (artist === null || proposals.songs.has(id))
    decisions.current.set(id, hasStrip)
    return hasStrip
  }
}
