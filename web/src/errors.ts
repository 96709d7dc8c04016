import { CodedError } from '../../client/index.ts'

/** The message to show for anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The error itself when it has a code, else an `INTERNAL` error with its text. */
export function toCodedError(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
}
