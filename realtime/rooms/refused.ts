import { CodedError } from '../../contract/errors.ts'
import type { Refusal } from '../room/rules/rule.ts'

/** The error with which a refused command is answered. */
export function refused({ code, message, retryAfterMs }: Refusal): CodedError {
  return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
