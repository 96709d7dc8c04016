import { CodedError } from '../contract/errors.ts'

/** Whether a command failed in a way that it may succeed later: UNAVAILABLE, RATE_LIMITED. */
export function isRetryable(error: unknown): error is CodedError {
  return error instanceof CodedError && (error.code === 'UNAVAILABLE' || error.code === 'RATE_LIMITED')
}
