import type { TranscriptSegment } from '../../../contract/transcripts.ts'

/** The part of a show that its replay has after trimming. Server times, ms. */
export interface ReplayedPart {
  readonly from: number
  readonly to: number
}

/**
 * Returns the part of a show that a person, or somebody without an account, may hear as its replay; null for nothing.
 * The person may see the show.
 */
export type ReplayCheck = (showId: string, userId: string | null) => Promise<ReplayedPart | null>

/** Called when the transcript of a show has new segments, or lost some. Safe to repeat. */
export type TranscriptListener = (showId: string) => void

/** The transcripts of shows, for replays. `app.transcripts` implements it. */
export interface ReplayTranscripts {
  /** Returns what was said in a show, by time, without checking permissions. Empty without a transcript. */
  segmentsOf(showId: string): Promise<TranscriptSegment[]>
  /** Binds what people besides the hosts of a show may read: what was said in this part. Without it: nothing. */
  visibleBy(check: ReplayCheck): void
  /** Adds a listener. */
  onChanged(listener: TranscriptListener): void
}
