import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** On another page, the keyboard and the screen reader begin at its heading; going back finds the place where one was. */
export function PageFocus() {
  const [path] = useLocation()
  const before = useRef(path)
  const cameBack = useRef(false)

  useEffect(() => {
    const back = () => {
      cameBack.current = true
    }
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [])

  useEffect(() => {
    if (before.current === path) return
    before.current = path
    if (!cameBack.current) window.scrollTo(0, 0)
    cameBack.current = false
    focusMain()
  }, [path])

  return null
}

function focusMain(): void {
  const main = document.getElementById('main')
  // What the page itself has put the focus on, it has put there on purpose.
  if (!main || main.contains(document.activeElement)) return
  const target = main.querySelector('h1') ?? main
  target.tabIndex = -1
  target.focus({ preventScroll: true })
}
