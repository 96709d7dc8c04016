import { CodedError } from '../../contract/errors.ts'

/** What a file is refused with that the player can't read: UNSUPPORTED_MEDIA. `why` completes "This song can't be played: ". */
export function unplayable(why: string): CodedError {
  return new CodedError('UNSUPPORTED_MEDIA', `This song can't be played: ${why}.`)
}
