import { useCallback, useEffect, useRef, useState } from 'react'
import type { Page } from '../../../client/index.ts'

/** Which page of a list is asked for. */
export interface PageAsked {
  limit: number
  cursor?: string
}

/** A list that comes a page at a time. */
export interface Pages<T> {
  /** What is known; null until the first page is there. What was there stays while it is loaded anew. */
  items: T[] | null
  /** Why the last attempt failed, in words; null when it did not. */
  fault: string | null
  hasMore: boolean
  more: () => Promise<void>
  /** Loads what is there again. */
  refresh: () => Promise<void>
}

const pageSize = 20
/** The most that one request may ask for. */
const largestPage = 100

/**
 * Loads a list page by page. `load` is the list: another function is another list.
 * @param refreshMs how often it is loaded again while the page is looked at; never when not given
 */
export function usePages<T>(load: (page: PageAsked) => Promise<Page<T>>, refreshMs?: number): Pages<T> {
  const [page, setPage] = useState<Page<T> | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const shown = useRef(0)
  /** Only the latest request counts: an older one may come later. */
  const latest = useRef(0)

  const ask = useCallback(
    async (asked: PageAsked, join: (got: Page<T>) => Page<T>) => {
      const run = ++latest.current
      try {
        const got = join(await load(asked))
        if (run !== latest.current) return
        shown.current = got.items.length
        setPage(got)
        setFault(null)
      } catch (error) {
        if (run === latest.current) setFault(error instanceof Error ? error.message : String(error))
      }
    },
    [load]
  )

  const refresh = useCallback(async () => {
    // A list longer than one request can bring stays as it is.
    if (shown.current > largestPage) return
    await ask({ limit: Math.max(pageSize, shown.current) }, got => got)
  }, [ask])

  const more = useCallback(async () => {
    if (!page?.nextCursor) return
    const { items, nextCursor } = page
    await ask({ limit: pageSize, cursor: nextCursor }, got => ({
      items: [...items, ...got.items],
      nextCursor: got.nextCursor
    }))
  }, [ask, page])

  useEffect(() => {
    shown.current = 0
    refresh()
    return () => {
      latest.current++
    }
  }, [refresh])

  useEffect(() => {
    if (refreshMs === undefined) return
    const look = () => {
      if (!document.hidden) refresh()
    }
    const timer = setInterval(look, refreshMs)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [refresh, refreshMs])

  return { items: page?.items ?? null, fault, hasMore: page?.nextCursor != null, more, refresh }
}
