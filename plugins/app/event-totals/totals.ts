import type { SequenceStream } from '../../../contract/event-sequence.ts'
import type { LiveToday } from '../../../contract/live.ts'
import type { SequenceRecord } from '../event-sequence/sequence-record.ts'

/** Counters of each UTC day. */
export const counters = ['showsStarted', 'joins', 'comments', 'reactions', 'songsPlayed', 'speakRequests'] as const
export type Counter = (typeof counters)[number]

/** Returns counts of 0. */
export function noTotals(): LiveToday {
  return { showsStarted: 0, joins: 0, comments: 0, reactions: 0, songsPlayed: 0, speakRequests: 0 }
}

/** People in a live show without its creator, now and at most. */
export interface ShowTotals {
  readonly listeners: number
  readonly peakListeners: number
}

/** Records of a stream that are missing between its cursor and a record that was to be folded. */
export interface Gap {
  readonly stream: SequenceStream
  /** The cursor of the stream: the place of its last folded record. */
  readonly afterSeq: number
  /** The place of the record behind the gap. */
  readonly beforeSeq: number
}

/** Result of a fold. */
export interface Folded {
  /** Records that were folded. Those at or before the cursor of their stream change nothing. */
  readonly folded: number
  readonly gaps: readonly Gap[]
}

/** Treatment of a gap: the fold takes no further records of the stream, or goes on behind the gap. */
export type GapRule = 'stop' | 'skip'

/** The totals were emptied, or are built anew by another process: nothing was changed. */
export class TotalsEmptied extends Error {
  constructor() {
    super('the totals were emptied')
    this.name = 'TotalsEmptied'
  }
}

/**
 * Totals, with a cursor for each stream of each show. A fold changes totals and cursors together, or neither: records
 * may be delivered again and again.
 */
export interface TotalsStore {
  /**
   * Folds records of one show; those of a stream are in order.
   * @throws TotalsEmptied, and the error of a store that is away
   */
  fold(showId: string, records: readonly SequenceRecord[], gapRule: GapRule): Promise<Folded>
  /**
   * Begins to build totals that are new or were emptied. Returns true for one caller, until that one has not renewed
   * its claim for 10 s.
   */
  claimRebuild(): Promise<boolean>
  renewRebuild(): Promise<void>
  /** The totals are complete: nobody has to build them. */
  finishRebuild(): Promise<void>
  /** Returns the counts of a day; undefined while the totals are empty. `day` counts days since the epoch. */
  findDay(day: number): Promise<LiveToday | undefined>
  /** Returns the totals of a live show; undefined for any other. */
  findShow(showId: string): Promise<ShowTotals | undefined>
}

export const dayMs = 24 * 3_600_000
/** Days before today whose counts are kept. */
export const pastDays = 7
/** The cursors of an ended show are kept this long after its last record, ms. */
export const endedTtlMs = 2 * dayMs
/** The people of an ended show are kept this long after its last record, ms. Its streams may arrive at two paces. */
export const endedAudienceTtlMs = 3_600_000
/** A show without any record for this long is forgotten, ms. */
export const showTtlMs = 7 * dayMs
/** A claim to rebuild lasts this long, ms. */
export const rebuildClaimMs = 10_000

/** Returns the UTC day of a time, in days since the epoch. */
export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs)
}

/** Whether the counts of a day are kept. Clocks of servers differ a little, so tomorrow is. */
export function isCounted(day: number, nowMs: number): boolean {
  const today = dayOf(nowMs)
  return day >= today - pastDays && day <= today + 1
}
