import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Song } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { usePages, type PageAsked, type Pages } from '../parts/use-pages.ts'

/** A list longer than this can't be loaded again in one request: contract/paging.ts. */
const mostAtOnce = 100

/** One's songs, or those of these words, kept up with what becomes of them. */
export function useSongs(q: string): Pages<Song> & { removed: (songId: string) => void } {
  const [times, begin] = useState(0)
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const load = useCallback(
    async (page: PageAsked) => await ambient.songs.list({ ...page, ...(q && { q }) }),
    [q, times]
  )
  const pages = usePages(load)
  const { items, refresh } = pages
  const isLong = useRef(false)
  isLong.current = (items?.length ?? 0) > mostAtOnce

  const again = useCallback(async () => {
    // From its beginning, where what is new stands.
    if (isLong.current) begin(count => count + 1)
    else await refresh()
  }, [refresh])

  useEffect(
    () =>
      ambient.songs.onStatus(({ status }) => {
        if (status !== 'processing') again()
      }, again),
    [again]
  )

  const removed = useCallback(
    (songId: string) => {
      setGone(before => new Set([...before, songId]))
      again()
    },
    [again]
  )

  // The same list for as long as nothing changed in it: others ask anew whenever it is another.
  const left = useMemo(() => items && items.filter(({ id }) => !gone.has(id)), [items, gone])
  return { ...pages, items: left, removed }
}
