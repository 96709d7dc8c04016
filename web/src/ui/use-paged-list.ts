import { useCallback, useEffect, useRef, useState } from 'react'
import type { Page } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { useRepeated } from './use-repeated.ts'

/** The page of a list to load. */
export interface PageRequest {
  limit: number
  cursor?: string
}

/** A list that is loaded page by page. */
export interface PagedItems<T> {
  /** The items loaded so far; null until the first page arrives. They stay while the list is refreshed. */
  items: T[] | null
  /** The message of the last failed request; null after a successful one. */
  error: string | null
  hasMore: boolean
  loadMore: () => Promise<void>
  /** Loads the items again that are shown now. */
  refresh: () => Promise<void>
}

/** Whether a list has been loaded, or could not be: what stands below it stays in place from then on. */
export const hasSettled = ({ items, error }: PagedItems<unknown>): boolean => items !== null || error !== null

/** The answer where there is nothing to ask the server for. */
export const emptyPage = { items: [], nextCursor: null }

const pageSize = 20
/** Maximum number of items of one request. */
const maxPageSize = 100

/**
 * Loads a list page by page.
 * @param load loads one page; another function is another list
 * @param refreshMs the interval of refreshing the list while the page is visible; it is not refreshed when absent
 */
export function usePagedList<T>(load: (page: PageRequest) => Promise<Page<T>>, refreshMs?: number): PagedItems<T> {
  const [page, setPage] = useState<Page<T> | null>(null)
  const [error, setError] = useState<string | null>(null)
  const shownCount = useRef(0)
  /** The number of the latest request: answers to older ones are dropped. */
  const latestRequest = useRef(0)

  const request = useCallback(
    async (pageRequest: PageRequest, merge: (loaded: Page<T>) => Page<T>) => {
      const number = ++latestRequest.current
      try {
        const merged = merge(await load(pageRequest))
        if (number !== latestRequest.current) return
        shownCount.current = merged.items.length
        setPage(merged)
        setError(null)
      } catch (error) {
        if (number === latestRequest.current) setError(errorMessage(error))
      }
    },
    [load]
  )

  const refresh = useCallback(async () => {
    // A list longer than one request can load is not refreshed.
    if (shownCount.current > maxPageSize) return
    await request({ limit: Math.max(pageSize, shownCount.current) }, loaded => loaded)
  }, [request])

  const loadMore = useCallback(async () => {
    if (!page?.nextCursor) return
    const { items, nextCursor } = page
    await request({ limit: pageSize, cursor: nextCursor }, loaded => ({
      items: [...items, ...loaded.items],
      nextCursor: loaded.nextCursor
    }))
  }, [request, page])

  useEffect(() => {
    shownCount.current = 0
    refresh()
    return () => {
      latestRequest.current++
    }
  }, [refresh])

  useRepeated(refresh, refreshMs ?? null)

  return { items: page?.items ?? null, error, hasMore: page?.nextCursor != null, loadMore, refresh }
}
