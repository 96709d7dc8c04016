import type { Readable } from 'node:stream'

/** A stint that is stored. Times are ms, server time; `samples` are at 48 kHz. */
export interface StoredStint {
  id: string
  showId: string
  userId: string
  startedAtMs: number
  durationMs: number
  sizeBytes: number
  /**
   * Pairs that place the audio on the server's clock: at `samples` from the beginning, the clock showed `atMs`. Sound
   * cards drift, so they do not lie on a line with the slope of 48 samples per ms. At least one.
   */
  marks: readonly { samples: number; atMs: number }[]
}

/**
 * Called for a show whose stored stints changed: all are stored after its end, or some were erased. Safe to repeat. It
 * withdraws at once what contains an erased voice, stores which work is due, and returns. It never does long work:
 * erasure and maintenance wait for it, and after a minute another server calls it too.
 */
export type StintsChangedListener = (showId: string) => Promise<void>

/** A stored stint and its speaker. */
export type ListedStint = Pick<StoredStint, 'id' | 'showId' | 'userId'>

/** The recordings of shows, for what is made of them: replays and transcripts. */
export interface StoredRecordings {
  /** Returns the stints of a show by time, those that are stored completely. */
  stintsOf(showId: string): Promise<StoredStint[]>
  /** Returns which stints `stintsOf` returns, without reading their marks. */
  listStints(showId: string): Promise<ListedStint[]>
  /** Returns a stint that is stored completely. */
  findStint(stintId: string): Promise<StoredStint | null>
  /** Whether the show has ended and no stint of it is still being written or moved to the storage. */
  isComplete(showId: string): Promise<boolean>
  /** Returns the Ogg Opus bytes of a stint; null when it is gone. The caller reads or destroys the stream. */
  read(stint: Pick<StoredStint, 'id' | 'showId'>): Promise<Readable | null>
  /** Deletes all stints of a show. Safe to repeat. */
  deleteOf(showId: string): Promise<void>
  /** Counts the mixed audio of a show's replay, bytes, against the creator's space; 0 when there is none. */
  holdReplay(showId: string, bytes: number): Promise<void>
  /** Adds a listener. A failing one is repeated later. */
  onChanged(listener: StintsChangedListener): void
}
