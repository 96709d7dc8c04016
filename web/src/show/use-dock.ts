import { useLayoutEffect, type RefObject } from 'react'
import { focusMainAfterDialog } from '../layout/page-focus.tsx'

/**
 * Makes room for an element at the bottom of every page: its height is in the CSS property `--dock`. When the element
 * is removed with the focus inside, the heading of the page gets the focus.
 */
export function useDock(docked: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = docked.current
    if (!element) return
    const { style } = document.documentElement
    const observer = new ResizeObserver(() => style.setProperty('--dock', `${element.offsetHeight}px`))
    observer.observe(element)
    return () => {
      observer.disconnect()
      style.removeProperty('--dock')
      focusMainAfterDialog()
    }
  }, [docked])
}
