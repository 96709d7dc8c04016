type HistoryGuard = (event: PopStateEvent) => void

let guard: HistoryGuard | null = null

/**
 * Calls the guard before the router sees Back or Forward. Windows call listeners in the order in which they were added,
 * and this one is added before the first page is rendered.
 */
window.addEventListener('popstate', event => guard?.(event))

/** Sets the guard of Back and Forward, which runs before the router. Returns a function that removes it. */
export function guardHistory(next: HistoryGuard): () => void {
  guard = next
  return () => {
    if (guard === next) guard = null
  }
}
