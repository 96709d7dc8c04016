/** Loudness of a speaker in dBov: 0 is the maximum, -127 is silence. */
export interface SpeakingLevel {
  userId: string
  volume: number
}

/** The interval of mediasoup's faster observers too. */
const reportIntervalMs = 500

/** Merges the levels of a show's routers into one report at a time, with one empty report when all are quiet. */
export interface SpeakingLevels {
  update(routerId: string, levels: SpeakingLevel[]): void
  /** Removes a closed router, whose speakers are not heard any more. */
  remove(routerId: string): void
  close(): void
}

export function createSpeakingLevels(onReport: (levels: SpeakingLevel[]) => void): SpeakingLevels {
  const levelsByRouter = new Map<string, SpeakingLevel[]>()
  let hasChanged = false
  let wasQuiet = true
  let timer: NodeJS.Timeout | undefined

  function report(): void {
    timer = undefined
    if (!hasChanged) return
    hasChanged = false
    const levels = [...levelsByRouter.values()].flat()
    if (levels.length === 0 && wasQuiet) return
    wasQuiet = levels.length === 0
    onReport(levels)
    timer = setTimeout(report, reportIntervalMs)
  }

  function changed(): void {
    hasChanged = true
    if (!timer) report()
  }

  return {
    update(routerId, levels) {
      levelsByRouter.set(routerId, levels)
      changed()
    },
    remove(routerId) {
      if (levelsByRouter.delete(routerId)) changed()
    },
    close() {
      levelsByRouter.clear()
      clearTimeout(timer)
    }
  }
}
