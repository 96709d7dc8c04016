import type { ServerPayload } from '../../contract/server-events.ts'

/** At most one message per show in this time. */
const tickMs = 500

/**
 * A show's crowd over its life: now, the most at one time, and how many different people; and who of them is new since it was last
 * recorded. The creator is not one of them.
 */
export interface Crowd {
  listenerCount: number
  peakListeners: number
  totalListeners: number
  newcomerIds: string[]
}

/** Counts who listens, and tells it: batched, and only when a number changed. */
export interface Audience {
  /** Somebody came in; `isNew`: for the first time. */
  arrived(userId: string, isNew: boolean): void
  left(): void
  /** Something else that is told with the counts has changed. */
  touch(): void
  /** Tells and records no more; the last counts are recorded. */
  close(): void
}

export interface AudienceParts {
  /** How many different people were ever in. */
  totalListeners(): number
  queueLength(): number
  tell(payload: ServerPayload<'audience'>): void
  record(crowd: Crowd): void
}

export function createAudience({ totalListeners, queueLength, tell, record }: AudienceParts): Audience {
  let newcomerIds: string[] = []
  let listenerCount = 0
  let peakListeners = 0
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let told = { listenerCount: 0, queueLength: 0 }

  function recordCrowd(): void {
    record({ listenerCount, peakListeners, totalListeners: totalListeners(), newcomerIds })
    newcomerIds = []
  }

  function touch(): void {
    if (!closed) timer ??= setTimeout(tick, tickMs)
  }

  function tick(): void {
    timer = undefined
    const now = { listenerCount, queueLength: queueLength() }
    if (now.listenerCount !== told.listenerCount || newcomerIds.length > 0) recordCrowd()
    if (now.listenerCount !== told.listenerCount || now.queueLength !== told.queueLength) tell(now)
    told = now
  }

  return {
    arrived(userId, isNew) {
      if (isNew) newcomerIds.push(userId)
      peakListeners = Math.max(peakListeners, ++listenerCount)
      touch()
    },
    left() {
      listenerCount--
      touch()
    },
    touch,
    close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      recordCrowd()
    }
  }
}
