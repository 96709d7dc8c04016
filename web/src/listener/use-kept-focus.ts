import { useEffect, type RefObject } from 'react'

/** Where one button of a place takes another's, the focus of the one that is gone goes to what comes: never to the page's beginning. */
export function useKeptFocus(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = place.current
    if (!element) return
    let had = false
    const comes = () => {
      had = true
    }
    // What is taken away loses the focus to nothing.
    const goes = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget) had = false
    }
    element.addEventListener('focusin', comes)
    element.addEventListener('focusout', goes)
    const watching = new MutationObserver(() => {
      if (had && document.activeElement === document.body) {
        element.querySelector<HTMLElement>('select, button:enabled')?.focus()
      }
    })
    watching.observe(element, { childList: true, subtree: true })
    return () => {
      watching.disconnect()
      element.removeEventListener('focusin', comes)
      element.removeEventListener('focusout', goes)
    }
  }, [place])
}
