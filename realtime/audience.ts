/** What everybody may know about the crowd. */
export interface AudienceCount { listenerCount: number, queueLength: number }

/** At most one message per show in this time. */
const tickMs = 500

/** Tells a show how many listen and wait: batched, and only when a number changed. */
export interface AudienceTicker {
  /** Something that counts has changed. */
  touch (): void
  close (): void
}

export function createAudienceTicker (count: () => AudienceCount, tell: (count: AudienceCount) => void): AudienceTicker {
  let timer: NodeJS.Timeout | undefined
  let told: AudienceCount = { listenerCount: 0, queueLength: 0 }

  function tick (): void {
    timer = undefined
    const now = count()
    if (now.listenerCount === told.listenerCount && now.queueLength === told.queueLength) return
    told = now
    tell(now)
  }

  return {
    touch () { timer ??= setTimeout(tick, tickMs) },
    close () { clearTimeout(timer) }
  }
}
