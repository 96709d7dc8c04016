import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/**
 * Moves the focus to the heading of a page after navigation, for keyboards and screen readers, and scrolls to its top.
 * Going back keeps the browser's scroll position.
 */
export function PageFocus() {
  const [path] = useLocation()
  const previousPath = useRef(path)
  const isBackNavigation = useRef(false)

  useEffect(() => {
    const onPopState = () => {
      isBackNavigation.current = true
    }
    window.addEventListener('popstate', onPopState)
    return () => window.removeEventListener('popstate', onPopState)
  }, [])

  useEffect(() => {
    if (previousPath.current === path) return
    previousPath.current = path
    if (!isBackNavigation.current) window.scrollTo(0, 0)
    isBackNavigation.current = false
    focusMain()
  }, [path])

  return null
}

/** Moves the focus to the heading of the page, unless something in the page has it. */
export function focusMain(): void {
  const main = document.getElementById('main')
  // A page that has already set the focus keeps it.
  if (!main || main.contains(document.activeElement)) return
  const target = main.querySelector('h1') ?? main
  target.tabIndex = -1
  target.focus({ preventScroll: true })
}

/** Moves the focus to the heading of the page when the element that had it was removed. */
export function focusMainIfLost(): void {
  if (document.activeElement === document.body) focusMain()
}

/**
 * Does the same after a dialog, which gives the focus back one frame after it has closed: to nothing, when the element
 * that opened it is gone. Returns a function that cancels it.
 */
export function focusMainAfterDialog(): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(focusMainIfLost)
  })
  return () => cancelAnimationFrame(frame)
}
