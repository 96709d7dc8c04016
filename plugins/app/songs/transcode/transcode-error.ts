import type { SongFailure, SongFailureDetail } from '../../../../contract/songs.ts'

/**
 * An upload that can't become a song because of its content, so a retry would not help. The message is for the log.
 */
export class TranscodeError extends Error {
  readonly reason: SongFailure
  readonly detail: SongFailureDetail | null

  constructor(reason: SongFailure, message: string, detail: SongFailureDetail | null = null) {
    super(message)
    this.name = 'TranscodeError'
    this.reason = reason
    this.detail = detail
  }
}

/** Returns the error of an upload without sound that can become a song, for the given cause. */
export function notAudio(cause: SongFailureDetail['cause'], message: string, atMs?: number): TranscodeError {
  return new TranscodeError('notAudio', message, { cause, ...(atMs !== undefined && { atMs }) })
}
