/** The time that each node of one process works, ms. */
export interface WorkTimes {
  /** From now on this node works, until the event loop goes on to something else. */
  begin(nodeId: string): void
  /** Returns the times since the last call. */
  take(): Map<string, number>
}

/**
 * Splits the time of one thread among simulated nodes. What a call of `begin` starts, with its microtasks, ends before
 * the next callback of the event loop.
 */
export function createWorkTimes(): WorkTimes {
  let times = new Map<string, number>()
  let working: string | null = null
  let sinceMs = performance.now()
  let isEnding = false

  function change(next: string | null): void {
    const nowMs = performance.now()
    if (working !== null) times.set(working, (times.get(working) ?? 0) + nowMs - sinceMs)
    working = next
    sinceMs = nowMs
  }

  return {
    begin(nodeId) {
      if (working !== nodeId) change(nodeId)
      if (isEnding) return
      isEnding = true
      setImmediate(() => {
        isEnding = false
        change(null)
      })
    },
    take() {
      change(working)
      const taken = times
      times = new Map()
      return taken
    }
  }
}
