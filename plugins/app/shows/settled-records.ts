import { setTimeout as pause } from 'node:timers/promises'

/** Delays before a reading is repeated, ms. DynamoDB shows all records of a transaction within less. */
const defaultDelaysMs = [10, 30, 100, 300]
/** Gaps that are remembered at most. */
const maxKnownGaps = 1000

interface Numbered {
  readonly seq: number
}

/** A place of a show is missing before others, and stays so. */
export type OnGap = (showId: string, seq: number) => void

/** Reads records of a show behind a place: all of them, or `limit` at most. */
type ReadRecords<R> = (afterSeq: number, limit: number | undefined) => AsyncGenerator<R>

export interface SettledRange {
  readonly showId: string
  readonly afterSeq: number
  readonly limit?: number | undefined
}

/**
 * Reads sequences that are numbered without gaps. While DynamoDB stores several records together, a reader may see the
 * later ones first: a place that is missing before others is read again. One that stays missing is skipped, since logs
 * of earlier builds may have gaps, and is not waited for again.
 */
export function createSettledReader(onGap: OnGap, delaysMs: readonly number[] = defaultDelaysMs) {
  const knownGaps = new Set<string>()

  function isKnown(showId: string, seq: number): boolean {
    return knownGaps.has(`${showId}:${seq}`)
  }

  function remember(showId: string, seq: number): void {
    if (isKnown(showId, seq)) return
    if (knownGaps.size === maxKnownGaps) knownGaps.clear()
    knownGaps.add(`${showId}:${seq}`)
    onGap(showId, seq)
  }

  return async function* <R extends Numbered>(
    { showId, afterSeq, limit }: SettledRange,
    read: ReadRecords<R>
  ): AsyncGenerator<R> {
    const delays = [...delaysMs]
    let seq = afterSeq
    let left = limit
    /** Yields records up to a gap that may close. Returns the time to wait for it. */
    async function* readOn(): AsyncGenerator<R, number | undefined> {
      for await (const record of read(seq, left)) {
        if (record.seq > seq + 1 && !isKnown(showId, seq + 1)) {
          const delayMs = delays.shift()
          if (delayMs !== undefined) return delayMs
          remember(showId, seq + 1)
        }
        seq = record.seq
        if (left !== undefined) left--
        yield record
      }
      return undefined
    }
    for (let delayMs = yield* readOn(); delayMs !== undefined; delayMs = yield* readOn()) await pause(delayMs)
  }
}
