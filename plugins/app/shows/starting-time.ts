import { invalidRequest, type CodedError } from '../../../contract/errors.ts'

/** Tolerance for clocks that differ and for the time that filling in a form takes. */
const toleranceMs = 5 * 60_000

/**
 * Parses the planned start of a show. Throws VALIDATION for a time in the past, unless it equals the time that is
 * `planned` already.
 */
export function parseStartingTime(startsAt: string | null, nowMs: number, planned: Date | null = null): Date | null {
  if (startsAt === null) return null
  const time = new Date(startsAt)
  if (Number.isNaN(time.getTime())) throw invalidTime('is not a valid time')
  if (time.getTime() < nowMs - toleranceMs && time.getTime() !== planned?.getTime()) {
    throw invalidTime('must not be in the past')
  }
  return time
}

function invalidTime(message: string): CodedError {
  return invalidRequest([{ path: '/startsAt', message }])
}
