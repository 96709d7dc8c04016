/** How loud somebody is, in dBov: 0 is the loudest, -127 silence. */
export interface Level {
  userId: string
  volume: number
}

/** About this often, as fast as mediasoup's observers report. */
const everyMs = 250

/** Brings the levels of a show's routers together: one report at a time, an empty one once when all is quiet. */
export interface SpeakingLevels {
  report(routerId: string, levels: Level[]): void
  /** The router is gone, and who spoke there is not heard. */
  forget(routerId: string): void
  close(): void
}

export function createSpeakingLevels(tell: (levels: Level[]) => void): SpeakingLevels {
  const latest = new Map<string, Level[]>()
  let changed = false
  let quiet = true
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    timer = undefined
    if (!changed) return
    changed = false
    const levels = [...latest.values()].flat()
    if (levels.length === 0 && quiet) return
    quiet = levels.length === 0
    tell(levels)
    timer = setTimeout(flush, everyMs)
  }

  function touch(): void {
    changed = true
    if (!timer) flush()
  }

  return {
    report(routerId, levels) {
      latest.set(routerId, levels)
      touch()
    },
    forget(routerId) {
      if (latest.delete(routerId)) touch()
    },
    close() {
      latest.clear()
      clearTimeout(timer)
    }
  }
}
