import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Song } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { usePagedList, type PageRequest, type PagedItems } from '../ui/use-paged-list.ts'

/** Maximum number of songs that one request can load again, as in contract/paging.ts. */
const maxReloadedSongs = 100

export interface Songs extends PagedItems<Song> {
  removed: (songId: string) => void
  /** Shows a song as it is now. */
  changed: (song: Song) => void
}

/** Lists the user's songs, or those that match a search, and refreshes when a song changes its status. */
export function useSongs(q: string): Songs {
  const [restarts, setRestarts] = useState(0)
  const [removedIds, setRemovedIds] = useState<ReadonlySet<string>>(new Set())
  const load = useCallback(
    async (page: PageRequest) => await ambient.songs.list({ ...page, ...(q && { q }) }),
    [q, restarts]
  )
  const pages = usePagedList(load)
  /** Songs that changed since the list was loaded. */
  const [changes, setChanges] = useState<{ since: Song[] | null; songs: readonly Song[] }>({ since: null, songs: [] })
  const { items, refresh } = pages
  const isLong = useRef(false)
  isLong.current = (items?.length ?? 0) > maxReloadedSongs

  const reload = useCallback(async () => {
    // A long list starts again from its first page, where new songs are.
    if (isLong.current) setRestarts(count => count + 1)
    else await refresh()
  }, [refresh])

  useEffect(
    () =>
      ambient.songs.onStatus(({ status }) => {
        if (status !== 'processing') reload()
      }, reload),
    [reload]
  )

  const removed = useCallback(
    (songId: string) => {
      setRemovedIds(ids => new Set([...ids, songId]))
      reload()
    },
    [reload]
  )

  const listed = useRef(items)
  listed.current = items
  const changed = useCallback((song: Song) => {
    const since = listed.current
    setChanges(before => ({ since, songs: [song, ...(before.since === since ? before.songs : [])] }))
  }, [])

  // Memoized, since other hooks load again when the list is another object.
  const remaining = useMemo(() => {
    const newest = (song: Song) => (changes.since === items && changes.songs.find(({ id }) => id === song.id)) || song
    return items && items.filter(({ id }) => !removedIds.has(id)).map(newest)
  }, [items, removedIds, changes])
  return { ...pages, items: remaining, removed, changed }
}
