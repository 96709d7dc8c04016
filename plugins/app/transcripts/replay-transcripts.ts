import type { TranscriptSegment } from '../../../contract/transcripts.ts'

/** Tells whether a person, or somebody without an account, may hear the replay of a show that they may see. */
export type ReplayCheck = (showId: string, userId: string | null) => Promise<boolean>

/** Called when the transcript of a show has new segments, or lost some. Safe to repeat. */
export type TranscriptListener = (showId: string) => void

/** The transcripts of shows, for replays. `app.transcripts` implements it. */
export interface ReplayTranscripts {
  /** Returns what was said in a show, by time, without checking permissions. Empty without a transcript. */
  segmentsOf(showId: string): Promise<TranscriptSegment[]>
  /** Binds who may read transcripts besides the hosts of a show. Without it: nobody. */
  visibleBy(check: ReplayCheck): void
  /** Adds a listener. */
  onChanged(listener: TranscriptListener): void
}
