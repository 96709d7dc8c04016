import { useLayoutEffect, type RefObject } from 'react'

/** When this goes away with the focus in it, the focus goes back to where it was when it came. */
export function useFocusBack(place: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = place.current
    const before = document.activeElement
    return () => {
      if (element?.contains(document.activeElement) && before instanceof HTMLElement) before.focus()
    }
  }, [place])
}
