import { useRef, useState } from 'react'
import type { Song } from '../../../client/index.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { SongEntry } from './song-entry.tsx'
import { SuggestionProgress } from './suggestion-progress.tsx'
import type { Proposals } from './use-proposals.ts'

interface SuggestionListProps {
  proposals: Proposals
  onRemoved: (songId: string) => void
}

/** The songs with suggestions, and how far asking for them is. */
export function SuggestionList({ proposals, onRemoved }: SuggestionListProps) {
  const { isSettled, error, progress, refresh } = proposals
  const [removedIds, setRemovedIds] = useState<ReadonlySet<string>>(new Set())
  const songs = useShownSongs(proposals).filter(({ id }) => !removedIds.has(id))
  const isLoaded = isSettled && (error === null || songs.length > 0)
  const isAsking = progress !== null && progress.asked < progress.total
  return (
    <>
      <SuggestionProgress progress={progress} />
      <PagedList
        pages={{ items: isLoaded ? songs : null, error, hasMore: false, loadMore: async () => {}, refresh }}
        empty={
          <p>
            {isAsking
              ? 'No suggestions yet. They appear here while your songs are looked up.'
              : 'No suggestions. When details of a song are missing and found, they appear here.'}
          </p>
        }
      >
        {song => (
          <SongEntry
            song={song}
            proposals={proposals}
            hasStrip
            onRemoved={() => {
              setRemovedIds(ids => new Set([...ids, song.id]))
              onRemoved(song.id)
            }}
          />
        )}
      </PagedList>
    </>
  )
}

/**
 * Returns the songs in the order in which they were first shown. A song whose suggestion was accepted stays, so that
 * nothing moves below a finger and the acceptance can be undone.
 */
function useShownSongs({ songs, changedSongs }: Proposals): Song[] {
  const shown = useRef(new Map<string, Song>())
  for (const { song } of songs.values()) shown.current.set(song.id, song)
  return [...shown.current.values()].map(song => songs.get(song.id)?.song ?? changedSongs.get(song.id) ?? song)
}
