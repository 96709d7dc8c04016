import { CodedError } from '../../../contract/errors.ts'

/** The error that clients get while the storage can't be reached. */
export function storageUnavailable(): CodedError {
  return new CodedError('UNAVAILABLE', 'The storage does not respond. Try again in a moment.')
}
