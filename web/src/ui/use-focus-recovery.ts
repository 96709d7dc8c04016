import { useEffect, type RefObject } from 'react'

/**
 * Keeps the focus inside a container whose controls replace each other: when the focused control is removed, the
 * control that takes its place gets the focus. Otherwise the browser would move it to the start of the page.
 */
export function useFocusRecovery(container: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = container.current
    if (!element) return
    let hadFocus = false
    const onFocusIn = () => {
      hadFocus = true
    }
    // A removed element loses the focus without a related target.
    const onFocusOut = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget) hadFocus = false
    }
    element.addEventListener('focusin', onFocusIn)
    element.addEventListener('focusout', onFocusOut)
    const observer = new MutationObserver(() => {
      if (hadFocus && document.activeElement === document.body) {
        element.querySelector<HTMLElement>('select, button:enabled')?.focus()
      }
    })
    observer.observe(element, { childList: true, subtree: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('focusin', onFocusIn)
      element.removeEventListener('focusout', onFocusOut)
    }
  }, [container])
}
