import type { AudienceLog } from '../shows/audience-log.ts'
import type { EventLog } from '../shows/event-log.ts'
import { createFoldedShow, fold, type FoldedShow } from './fold-analytics.ts'

/** Shows that are kept at most, and the time without a request after which one is dropped. */
const maxShows = 50
const idleMs = 10 * 60_000

export interface FoldReaderParts {
  eventLog: Pick<EventLog, 'read'>
  audienceLog: Pick<AudienceLog, 'read'>
}

/** Adds everything that was stored behind what was folded. */
export async function readOn(folded: FoldedShow, showId: string, parts: FoldReaderParts): Promise<void> {
  for await (const record of parts.eventLog.read(showId, folded.log.cursor.seq)) {
    fold(folded, { stream: 'log', ...record })
  }
  for await (const record of parts.audienceLog.read(showId, folded.audience.cursor.seq)) {
    fold(folded, { stream: 'audience', ...record })
  }
}

/** A live show that was read. */
export interface CachedShow {
  readonly folded: FoldedShow
  /** Whether listeners had been in an earlier show of the creator; asked once for each. */
  readonly isReturning: Map<string, boolean>
}

interface Entry {
  folded: FoldedShow
  isReturning: Map<string, boolean>
  usedAtMs: number
  reading: Promise<void> | undefined
}

/**
 * Keeps the analytics of live shows, so that a request reads only what is new. Concurrent requests of a show read once.
 */
export function createFoldCache({ nowMs, ...parts }: FoldReaderParts & { nowMs: () => number }) {
  const entries = new Map<string, Entry>()

  /** Drops idle shows, and while more than `max` are left, the one that was not used for longest. */
  function dropTo(max: number): void {
    for (const [showId, { usedAtMs, reading }] of entries) {
      if (!reading && (usedAtMs + idleMs <= nowMs() || entries.size > max)) entries.delete(showId)
    }
  }

  function entryOf(showId: string): Entry {
    const found = entries.get(showId)
    entries.delete(showId)
    dropTo(maxShows - 1)
    const entry = found ?? { folded: createFoldedShow(), isReturning: new Map(), usedAtMs: 0, reading: undefined }
    // The map is in the order of use.
    entries.set(showId, entry)
    entry.usedAtMs = nowMs()
    return entry
  }

  /** Reads what is new. After the erasure of a listener it reads all again: stored events name another person then. */
  async function readNew(entry: Entry, showId: string): Promise<void> {
    const { cursor, unknownLeaves } = entry.folded.audience
    const isFirst = cursor.seq === 0
    await readOn(entry.folded, showId, parts)
    if (isFirst || entry.folded.audience.unknownLeaves === unknownLeaves) return
    const folded = createFoldedShow()
    await readOn(folded, showId, parts)
    entry.folded = folded
    entry.isReturning = new Map()
  }

  return {
    /** Returns the analytics of a show with everything that is stored now. */
    async read(showId: string): Promise<CachedShow> {
      const entry = entryOf(showId)
      entry.reading ??= readNew(entry, showId).finally(() => {
        entry.reading = undefined
      })
      await entry.reading
      return entry
    },

    drop(showId: string): void {
      entries.delete(showId)
    },

    dropIdle: (): void => dropTo(maxShows),

    get size() {
      return entries.size
    }
  }
}
