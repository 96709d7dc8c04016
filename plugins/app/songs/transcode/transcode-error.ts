import type { SongFailure } from '../../../../contract/songs.ts'

/**
 * An upload that can't become a song because of its content, so a retry would not help. The message is for the log.
 */
export class TranscodeError extends Error {
  readonly reason: SongFailure

  constructor(reason: SongFailure, message: string) {
    super(message)
    this.name = 'TranscodeError'
    this.reason = reason
  }
}
