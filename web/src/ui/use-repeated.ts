import { useEffect } from 'react'

/**
 * Runs a function again and again while the page is visible, and at once when it becomes visible again.
 * @param everyMs the interval; null: not now
 */
export function useRepeated(run: () => unknown, everyMs: number | null): void {
  useEffect(() => {
    if (everyMs === null) return
    const runIfVisible = () => {
      if (!document.hidden) run()
    }
    const timer = setInterval(runIfVisible, everyMs)
    document.addEventListener('visibilitychange', runIfVisible)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', runIfVisible)
    }
  }, [run, everyMs])
}
