import type { AudienceEvent } from '../../../contract/audience-events.ts'
import type { LogRecord } from '../shows/log-records.ts'

/** A record of one of the two streams of a show. `seq` is its place in its stream, `at` the server time in ms. */
export type AnalyticsRecord =
  | { readonly stream: 'log'; readonly seq: number; readonly at: number; readonly event: LogRecord['event'] }
  | { readonly stream: 'audience'; readonly seq: number; readonly at: number; readonly event: AudienceEvent }

/** The place of a fold in one stream. */
export interface StreamCursor {
  /** Place of the last record that was folded; 0 before the first. */
  seq: number
  /** Latest time of a record, ms since the epoch. Times never fall, although the clocks of homes may differ. */
  at: number
}

/** Returns the time at which a record counts, and moves the cursor behind it; null for one that was folded before. */
export function takeRecord(cursor: StreamCursor, { seq, at }: Pick<AnalyticsRecord, 'seq' | 'at'>): number | null {
  if (seq <= cursor.seq) return null
  cursor.seq = seq
  cursor.at = Math.max(cursor.at, at)
  return cursor.at
}
