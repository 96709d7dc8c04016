/** Collects what is sent to the members of a show, and sends it as one batch per interval. */
export interface ShowBatches<B> {
  /** The batch that is sent next. */
  of(showId: string): B
  /** Sends the batch now: nothing may follow the end of a show. */
  flush(showId: string): void
  close(): void
}

interface PendingBatch<B> {
  readonly batch: B
  readonly timer: NodeJS.Timeout
}

/** A batch is created when something is first added to it, and sent `intervalMs` later. */
export function createShowBatches<B>(
  intervalMs: number,
  create: () => B,
  send: (showId: string, batch: B) => void
): ShowBatches<B> {
  const pending = new Map<string, PendingBatch<B>>()

  function flush(showId: string): void {
    const due = pending.get(showId)
    if (!due) return
    clearTimeout(due.timer)
    pending.delete(showId)
    send(showId, due.batch)
  }

  return {
    of(showId) {
      const already = pending.get(showId)
      if (already) return already.batch
      const batch = create()
      pending.set(showId, { batch, timer: setTimeout(flush, intervalMs, showId) })
      return batch
    },
    flush,
    close() {
      for (const { timer } of pending.values()) clearTimeout(timer)
      pending.clear()
    }
  }
}
