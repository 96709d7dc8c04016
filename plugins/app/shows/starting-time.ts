import { CodedError } from '../../../contract/errors.ts'

/** Clocks differ, and a form takes a while: a time is over when it is older than this. */
const toleranceMs = 5 * 60_000

/** The time a show is planned for, as it is stored. Throws VALIDATION when it is over, unless it is what was `planned` before. */
export function startingTime(startsAt: string | null, nowMs: number, planned: Date | null = null): Date | null {
  if (startsAt === null) return null
  const time = new Date(startsAt)
  if (Number.isNaN(time.getTime())) throw fault('is no time')
  if (time.getTime() < nowMs - toleranceMs && time.getTime() !== planned?.getTime()) {
    throw fault('must not be in the past')
  }
  return time
}

function fault(message: string): CodedError {
  return new CodedError('VALIDATION', 'The request does not fit.', { issues: [{ path: '/startsAt', message }] })
}
