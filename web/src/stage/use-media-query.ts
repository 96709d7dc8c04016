import { useCallback, useSyncExternalStore } from 'react'

/** Whether the screen is like this, now and when it changes. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    [query]
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

/** There is room for the comments beside the stage. The style sheets say the same. */
export const wideScreen = '(min-width: 900px)'
