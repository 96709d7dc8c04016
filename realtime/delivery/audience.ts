import type { ServerPayload } from '../../contract/server-events.ts'
import type { AudienceCounts } from '../../plugins/app/shows/audience-counts.ts'

/** Minimum time between two broadcasts of a show's counts. */
const broadcastIntervalMs = 500

/** Broadcasts and records the audience counts, in batches and only when a number has changed. */
export interface Audience {
  /** A count may have changed; `newcomerId` is in the show for the first time. */
  changed(newcomerId?: string): void
  /** Stops broadcasting and records the last counts. May be called again. */
  close(): void
}

export interface AudienceParts {
  /** The counts now. */
  counts(): Pick<AudienceCounts, 'listenerCount' | 'totalListeners'> & { queueLength: number }
  broadcast(payload: ServerPayload<'audience'>): void
  record(counts: AudienceCounts): void
}

export function createAudience({ counts, broadcast, record }: AudienceParts): Audience {
  let newcomerIds: string[] = []
  let peakListeners = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let sent = { listenerCount: 0, queueLength: 0 }

  function recordCounts(): void {
    const { listenerCount, totalListeners } = counts()
    record({ listenerCount, peakListeners, totalListeners, newcomerIds })
    newcomerIds = []
  }

  function flush(): void {
    timer = undefined
    const { listenerCount, queueLength } = counts()
    const isOtherCount = listenerCount !== sent.listenerCount
    if (isOtherCount || newcomerIds.length > 0) recordCounts()
    if (isOtherCount || queueLength !== sent.queueLength) broadcast({ listenerCount, queueLength })
    sent = { listenerCount, queueLength }
  }

  return {
    changed(newcomerId) {
      if (isClosed) return
      if (newcomerId !== undefined) newcomerIds.push(newcomerId)
      peakListeners = Math.max(peakListeners, counts().listenerCount)
      timer ??= setTimeout(flush, broadcastIntervalMs)
    },
    close() {
      if (isClosed) return
      isClosed = true
      clearTimeout(timer)
      recordCounts()
    }
  }
}
