import { useCallback, useState } from 'react'
import { CodedError, type Page } from '../../../client/index.ts'
import { usePagedList, type PageRequest, type PagedItems } from '../ui/use-paged-list.ts'
import { toCodedError } from '../errors.ts'

/** Loads a list from Spotify page by page, and keeps the code of an error. */
export function useSpotifyList<T>(load: (page: PageRequest) => Promise<Page<T>>): {
  pages: PagedItems<T>
  error: CodedError | null
} {
  const [error, setError] = useState<CodedError | null>(null)
  const loadPage = useCallback(
    async (request: PageRequest) => {
      try {
        const page = await load(request)
        setError(null)
        return page
      } catch (error) {
        setError(toCodedError(error))
        throw error
      }
    },
    [load]
  )
  return { pages: usePagedList(loadPage), error }
}
