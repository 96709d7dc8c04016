import { CodedError } from '../../contract/errors.ts'

/** Returns the error of a query that exceeds a limit. */
export function refused(message: string): CodedError {
  return new CodedError('VALIDATION', message, { issues: [{ path: '/query', message }] })
}
