import { useEffect } from 'react'

/** Puts a text before the title of each page that is shown meanwhile. */
export function useTitlePrefix(prefix: string): void {
  useEffect(() => {
    if (!prefix) return
    let changed: Element | null = null
    const findTitle = () => document.head.querySelector('title')
    const apply = () => {
      if (document.title.startsWith(prefix)) return
      document.title = prefix + document.title
      changed = findTitle()
    }
    apply()
    // Pages change it when they are shown, and when they know more.
    const observer = new MutationObserver(apply)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      // The page of the show has a title of its own.
      if (findTitle() === changed && document.title.startsWith(prefix)) {
        document.title = document.title.slice(prefix.length)
      }
    }
  }, [prefix])
}
