import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime } from './primitives.ts'

/** Maximum number of repeating shows of one person. */
export const maxSeries = 20

/** IANA time zone of a repeating show: it begins at the same time of day there, also when the clocks change. */
const TimeZone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Name of a time zone of the IANA database',
  examples: ['Europe/Berlin']
})

const Rule = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[A-Z0-9=;,-]+$',
  description:
    'RRULE of RFC 5545 with FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL (up to 12), COUNT (up to 500) and BYDAY: days of ' +
    'the week, or with MONTHLY one such as 1SU or -1FR',
  examples: ['FREQ=WEEKLY;BYDAY=SU']
})

/** The rule of a show that repeats. Its `startsAt` is the first of the dates. */
export const Repeat = Exactly({ rule: Rule, timeZone: TimeZone })
export type Repeat = Static<typeof Repeat>

/** Another rule of a series. The planned show moves to `startsAt`, the first of the dates. */
export const Reschedule = Exactly({ rule: Rule, timeZone: TimeZone, startsAt: IsoTime })
export type Reschedule = Static<typeof Reschedule>

/** The series of a show that repeats. */
export const SeriesOfShow = Exactly({ id: Id, rule: Rule, timeZone: TimeZone })
export type SeriesOfShow = Static<typeof SeriesOfShow>
