import type { SongFailure } from '../../../../contract/songs.ts'

/** Why an upload can't become a song: its own fault, so that trying again is no use. `detail` is for the log. */
export class SongFault extends Error {
  readonly reason: SongFailure

  constructor(reason: SongFailure, detail: string) {
    super(detail)
    this.name = 'SongFault'
    this.reason = reason
  }
}
