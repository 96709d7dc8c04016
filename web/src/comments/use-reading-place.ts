import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** So near the end counts as there. */
const nearPx = 48

interface Place {
  key: string
  offsetPx: number
}

export interface ReadingPlace {
  /** Whether the newest is in sight. */
  atEnd: boolean
  onScroll: () => void
  goToEnd: () => void
}

/**
 * Keeps what is read where it is while a list grows or shrinks above and below it; at the end it follows the newest.
 * The entries are the list's children, in order, each with its `data-key`.
 */
export function useReadingPlace(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  content: unknown
): ReadingPlace {
  const [atEnd, setAtEnd] = useState(true)
  const following = useRef(true)
  const place = useRef<Place | null>(null)

  const look = useCallback(() => {
    const box = scroller.current
    if (!box) return
    place.current = firstInSight(box, list.current)
    following.current = box.scrollHeight - box.scrollTop - box.clientHeight < nearPx
    setAtEnd(following.current)
  }, [scroller, list])

  const goToEnd = useCallback(() => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
    look()
  }, [scroller, look])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    if (following.current) box.scrollTop = box.scrollHeight
    else if (place.current) {
      const entry = list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(place.current.key)}"]`)
      if (entry) box.scrollTop = entry.offsetTop - place.current.offsetPx
    }
  }, [scroller, list, content])

  return { atEnd, onScroll: look, goToEnd }
}

/** Entries stand one below the other, so the first that reaches into sight is found by halving. */
function firstInSight(box: HTMLElement, list: HTMLElement | null): Place | null {
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
