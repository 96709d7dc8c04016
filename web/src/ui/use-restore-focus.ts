import { useLayoutEffect, type RefObject } from 'react'

/**
 * Restores the focus to where it was before this element appeared, when the element is removed with the focus inside.
 */
export function useRestoreFocus(container: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = container.current
    const previous = document.activeElement
    return () => {
      if (element?.contains(document.activeElement) && previous instanceof HTMLElement) previous.focus()
    }
  }, [container])
}
