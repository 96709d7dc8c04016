import type { types } from 'mediasoup'
import type { SpeakingLevel } from '../contract/speaking.ts'

/** A producer that is quieter than this is not reported as speaking, dBov. */
const thresholdDb = -60
const maxReportedSpeakers = 20
/**
 * mediasoup's observer reports a producer only when it saw 10 of its packets in an interval. 500 ms suit packets of 20
 * and 40 ms, also with some loss. Packets of 60 ms need the longer interval.
 */
const fastIntervalMs = 500
const slowIntervalMs = 1000
/**
 * A speaker whom the fast observer reported twice in a row this recently needs no slow one, which would notice the end
 * later. A single report may be a burst of long packets after a stall.
 */
const fastForMs = 5000

/** Observes the levels of the voices on one router. */
export interface VoiceLevels {
  addProducer(producerId: string): Promise<void>
}

/** `onLevels` receives the levels about every 500 ms while anybody speaks, and one empty list afterwards. */
export async function observeVoices(
  router: types.Router,
  onLevels: (levels: SpeakingLevel[]) => void
): Promise<VoiceLevels> {
  const merged = createMergedLevels(onLevels, () => performance.now())
  const create = async (interval: number, onReport: (levels: SpeakingLevel[]) => void) => {
    const observer = await router.createAudioLevelObserver({
      maxEntries: maxReportedSpeakers,
      threshold: thresholdDb,
      interval
    })
    observer.on('volumes', volumes => onReport(levelsOf(volumes)))
    observer.on('silence', () => onReport([]))
    return observer
  }
  const observers = await Promise.all([create(fastIntervalMs, merged.fast), create(slowIntervalMs, merged.slow)])
  return {
    async addProducer(producerId) {
      await Promise.all(observers.map(async observer => await observer.addProducer({ producerId })))
    }
  }
}

/** Merges the reports of a fast and a slow observer of the same voices. */
export interface MergedLevels {
  fast(levels: SpeakingLevel[]): void
  slow(levels: SpeakingLevel[]): void
}

export function createMergedLevels(onLevels: (levels: SpeakingLevel[]) => void, nowMs: () => number): MergedLevels {
  let fast: SpeakingLevel[] = []
  let slow: SpeakingLevel[] = []
  /** Times at which the fast observer reported a speaker twice in a row, by user id. */
  const fastAtMs = new Map<string, number>()

  function report(): void {
    const now = nowMs()
    for (const [userId, atMs] of fastAtMs) if (now - atMs > fastForMs) fastAtMs.delete(userId)
    const fastIds = new Set(fast.map(({ userId }) => userId))
    onLevels([...fast, ...slow.filter(({ userId }) => !fastIds.has(userId) && !fastAtMs.has(userId))])
  }

  return {
    fast(levels) {
      const before = new Set(fast.map(({ userId }) => userId))
      for (const { userId } of levels) if (before.has(userId)) fastAtMs.set(userId, nowMs())
      fast = levels
      report()
    },
    slow(levels) {
      slow = levels
      report()
    }
  }
}

/** The song has no owner, and is not a speaker. */
function levelsOf(volumes: types.AudioLevelObserverVolume[]): SpeakingLevel[] {
  return volumes.flatMap(({ producer, volume }) => {
    const { userId } = producer.appData
    return typeof userId === 'string' ? [{ userId, volume }] : []
  })
}
