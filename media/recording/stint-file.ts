import type { RecordingEnd } from '../../contract/recordings.ts'

/** The bytes of one recorded stint as they are written: Ogg Opus. Calls after a failure or `close` do nothing. */
export interface StintFile {
  /** Appends whole Ogg pages. Never throws and never blocks; a failure is reported once to `onFailed`. */
  append(pages: Uint8Array): void
  /** At this number of samples from the beginning of the file, at 48 kHz, the server's clock showed `atMs`. */
  mark(samples: number, atMs: number): void
  /** Ends the stint. Resolves when its bytes are safe from a crash. Never rejects. */
  close(): Promise<void>
}

/** The reason why a stint cannot be written, or no longer: no space on the disk, or the creator's quota is used up. */
export type StintFailure = Exclude<RecordingEnd, 'host'>

/** A stint that begins: a speaker of a show is heard from `startedAtMs` on, server time. */
export interface StintStart {
  showId: string
  userId: string
  startedAtMs: number
}

/** Keeps recorded stints. `plugins/app/recordings/` implements it. */
export interface StintFiles {
  /** Opens the file of a stint; `onFailed` is called at most once, also later. Rejects for other errors only. */
  open(start: StintStart, onFailed: (failure: StintFailure) => void): Promise<StintFile>
}
