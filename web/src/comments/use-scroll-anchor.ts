import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** Distance from the end that still counts as at the end, px. */
const endTolerancePx = 48

interface Anchor {
  key: string
  offsetPx: number
}

export interface ScrollAnchor {
  /** Whether the newest entry is visible. */
  isAtEnd: boolean
  onScroll: () => void
  scrollToEnd: () => void
}

/**
 * Keeps the entry that is being read in place while a list grows or shrinks above and below it. At the end it follows
 * the newest entry. The entries are the children of the list, in order, each with a `data-key` attribute.
 */
export function useScrollAnchor(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  content: unknown
): ScrollAnchor {
  const [isAtEnd, setIsAtEnd] = useState(true)
  const isFollowing = useRef(true)
  const anchor = useRef<Anchor | null>(null)

  const onScroll = useCallback(() => {
    const box = scroller.current
    if (!box) return
    anchor.current = firstVisibleAnchor(box, list.current)
    isFollowing.current = box.scrollHeight - box.scrollTop - box.clientHeight < endTolerancePx
    setIsAtEnd(isFollowing.current)
  }, [scroller, list])

  const scrollToEnd = useCallback(() => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
    onScroll()
  }, [scroller, onScroll])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    if (isFollowing.current) box.scrollTop = box.scrollHeight
    else if (anchor.current) {
      const entry = list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.current.key)}"]`)
      if (entry) box.scrollTop = entry.offsetTop - anchor.current.offsetPx
    }
  }, [scroller, list, content])

  return { isAtEnd, onScroll, scrollToEnd }
}

/** Returns the first visible entry, by binary search: the entries are stacked from top to bottom. Null without one. */
function firstVisibleAnchor(box: HTMLElement, list: HTMLElement | null): Anchor | null {
  const entries = list?.children ?? []
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = entries[middle]
    if (entry instanceof HTMLElement && entry.offsetTop + entry.offsetHeight <= box.scrollTop) low = middle + 1
    else high = middle
  }
  const entry = entries[low]
  return entry instanceof HTMLElement && entry.dataset.key !== undefined
    ? { key: entry.dataset.key, offsetPx: entry.offsetTop - box.scrollTop }
    : null
}
