import { useCallback, useState } from 'react'
import { CodedError, type Page } from '../../../client/index.ts'
import { usePages, type PageAsked, type Pages } from '../parts/use-pages.ts'

/** A list of Spotify's, page by page, and with its code why it can't be had. */
export function useSpotifyPages<T>(load: (page: PageAsked) => Promise<Page<T>>): {
  pages: Pages<T>
  fault: CodedError | null
} {
  const [fault, setFault] = useState<CodedError | null>(null)
  const noting = useCallback(
    async (asked: PageAsked) => {
      try {
        const got = await load(asked)
        setFault(null)
        return got
      } catch (error) {
        setFault(error instanceof CodedError ? error : new CodedError('INTERNAL', String(error)))
        throw error
      }
    },
    [load]
  )
  return { pages: usePages(noting), fault }
}
