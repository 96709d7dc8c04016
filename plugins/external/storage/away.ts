import { CodedError } from '../../../contract/errors.ts'

/** What clients are told while a storage can't be reached. */
export function storageAway(): CodedError {
  return new CodedError('UNAVAILABLE', 'The storage is away; try again in a moment.')
}
