import { CodedError } from '../../contract/errors.ts'

/** Returns UNSUPPORTED_MEDIA for a file the player cannot read. `reason` completes "This song cannot be played: ". */
export function unplayable(reason: string): CodedError {
  return new CodedError('UNSUPPORTED_MEDIA', `This song cannot be played: ${reason}.`)
}
