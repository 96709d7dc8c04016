import rrule from 'rrule'
import { invalidRequest, type CodedError } from '../../../../contract/errors.ts'
import { clockTime, momentOf, timeZoneOf } from './local-time.ts'

const { RRule } = rrule
const maxInterval = 12
const maxCount = 500

/** The dates of a repeating show. Times of clocks are as `clockTime` returns them. */
export interface Dates {
  rule: string
  timeZone: string
  /** The first date on the clock of the time zone. */
  start: Date
}

const day = '(?:MO|TU|WE|TH|FR|SA|SU)'
/** Values of each part of a rule. */
const parts: ReadonlyMap<string, RegExp> = new Map([
  ['FREQ', /^(?:DAILY|WEEKLY|MONTHLY)$/],
  ['INTERVAL', /^[1-9]\d?$/],
  ['BYDAY', new RegExp(`^(?:${day}(?:,${day}){0,6}|(?:[1-4]|-1)${day})$`)],
  ['COUNT', /^[1-9]\d{0,2}$/]
])

/**
 * Returns the dates of a show that repeats. Throws VALIDATION for a rule or time zone that is not supported, and a
 * start that is not one of the dates.
 */
export function parseDates(rule: string, timeZone: string, startsAt: Date): Dates {
  const zone = timeZoneOf(timeZone)
  if (zone === undefined) throw invalid('/repeat/timeZone', 'is not a time zone of the IANA database')
  const dates = { rule: normalRule(rule), timeZone: zone, start: clockTime(startsAt, zone) }
  const first = dateAfter(dates, new Date(dates.start.getTime() - 1))
  if (first?.getTime() !== dates.start.getTime()) throw invalid('/startsAt', 'must be one of the dates of the rule')
  return dates
}

/**
 * Returns the first date after a time on the clock; undefined when there is none. The clock has no time zone here:
 * rrule sees every day with 24 hours.
 */
export function dateAfter({ rule, start }: Dates, clock: Date): Date | undefined {
  return new RRule({ ...RRule.parseString(rule), dtstart: start }).after(clock) ?? undefined
}

/** Returns the first date after a date whose moment is still to come; undefined when there is none. */
export function nextDate(dates: Dates, after: Date, nowMs: number): { clock: Date; startsAt: Date } | undefined {
  const now = clockTime(new Date(nowMs), dates.timeZone)
  let clock = dateAfter(dates, new Date(Math.max(after.getTime(), now.getTime())))
  while (clock) {
    const startsAt = momentOf(clock, dates.timeZone)
    if (startsAt.getTime() > nowMs) return { clock, startsAt }
    clock = dateAfter(dates, clock)
  }
  return undefined
}

function normalRule(rule: string): string {
  const values = new Map<string, string>()
  for (const part of rule.split(';')) {
    const [name = '', value = ''] = part.split('=', 2)
    if (!parts.get(name)?.test(value) || part !== `${name}=${value}` || values.has(name)) {
      throw invalid('/repeat/rule', `has a part that is not supported: ${part}`)
    }
    values.set(name, value)
  }
  const { FREQ, INTERVAL = '1', COUNT = '1', BYDAY } = Object.fromEntries(values)
  if (FREQ === undefined) throw invalid('/repeat/rule', 'must have FREQ')
  if (Number(INTERVAL) > maxInterval) throw invalid('/repeat/rule', `must have an INTERVAL of at most ${maxInterval}`)
  if (Number(COUNT) > maxCount) throw invalid('/repeat/rule', `must have a COUNT of at most ${maxCount}`)
  if (BYDAY !== undefined && /\d/.test(BYDAY) !== (FREQ === 'MONTHLY')) {
    throw invalid('/repeat/rule', 'must have BYDAY with a number with MONTHLY only')
  }
  if (BYDAY !== undefined && FREQ === 'DAILY') throw invalid('/repeat/rule', 'must have no BYDAY with DAILY')
  return [...parts.keys()].flatMap(name => (values.has(name) ? [`${name}=${values.get(name)}`] : [])).join(';')
}

function invalid(path: string, message: string): CodedError {
  return invalidRequest([{ path, message }])
}
