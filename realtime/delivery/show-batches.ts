/** What is collected for a show and told to everybody in it, at most once in a while. */
export interface ShowBatches<B> {
  /** The batch that goes out next. */
  of(showId: string): B
  /** Tells what there is now: nothing comes after a show's end. */
  flush(showId: string): void
  close(): void
}

interface Pending<B> {
  readonly batch: B
  readonly timer: NodeJS.Timeout
}

/** A batch begins with the first thing in it and goes out `tickMs` later. */
export function createShowBatches<B>(
  tickMs: number,
  begin: () => B,
  tell: (showId: string, batch: B) => void
): ShowBatches<B> {
  const pending = new Map<string, Pending<B>>()

  function flush(showId: string): void {
    const due = pending.get(showId)
    if (!due) return
    clearTimeout(due.timer)
    pending.delete(showId)
    tell(showId, due.batch)
  }

  return {
    of(showId) {
      const already = pending.get(showId)
      if (already) return already.batch
      const batch = begin()
      pending.set(showId, { batch, timer: setTimeout(flush, tickMs, showId) })
      return batch
    },
    flush,
    close() {
      for (const { timer } of pending.values()) clearTimeout(timer)
      pending.clear()
    }
  }
}
