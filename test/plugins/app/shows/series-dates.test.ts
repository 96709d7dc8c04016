import fc from 'fast-check'
import ICAL from 'ical.js'
import t from 'tap'
import { clockTime, momentOf, timeZoneOf } from '../../../../plugins/app/shows/series/local-time.ts'
import { dateAfter, nextDate, parseDates } from '../../../../plugins/app/shows/series/rule.ts'

const hourMs = 3_600_000

/** The next dates of a series, as ISO times. */
function datesOf(rule: string, timeZone: string, startsAt: string, count: number): string[] {
  const dates = parseDates(rule, timeZone, new Date(startsAt))
  const found = [startsAt]
  let next = nextDate(dates, dates.start, Date.parse(startsAt))
  while (next && found.length < count) {
    found.push(next.startsAt.toISOString())
    next = nextDate(dates, next.clock, next.startsAt.getTime())
  }
  return found
}

t.test('a show begins at the same time of day when the clocks change', async t => {
  const weekly = 'FREQ=WEEKLY;BYDAY=SU'
  t.strictSame(datesOf(weekly, 'Europe/Berlin', '2027-03-21T19:00:00.000Z', 3), [
    '2027-03-21T19:00:00.000Z',
    '2027-03-28T18:00:00.000Z',
    '2027-04-04T18:00:00.000Z'
  ])
  t.strictSame(datesOf(weekly, 'Europe/Berlin', '2027-10-24T18:00:00.000Z', 3), [
    '2027-10-24T18:00:00.000Z',
    '2027-10-31T19:00:00.000Z',
    '2027-11-07T19:00:00.000Z'
  ])
  t.strictSame(datesOf(weekly, 'America/New_York', '2027-03-08T01:00:00.000Z', 3), [
    '2027-03-08T01:00:00.000Z',
    '2027-03-15T00:00:00.000Z',
    '2027-03-22T00:00:00.000Z'
  ])
  t.strictSame(
    datesOf(weekly, 'Australia/Lord_Howe', '2027-03-28T09:00:00.000Z', 3),
    ['2027-03-28T09:00:00.000Z', '2027-04-04T09:30:00.000Z', '2027-04-11T09:30:00.000Z'],
    'of half an hour, in the south'
  )
  t.strictSame(datesOf(weekly, 'Asia/Kolkata', '2027-03-21T14:30:00.000Z', 2), [
    '2027-03-21T14:30:00.000Z',
    '2027-03-28T14:30:00.000Z'
  ])
})

t.test('a time that the clocks leave out is later, and one that they show twice is the first', async t => {
  t.strictSame(datesOf('FREQ=DAILY', 'Europe/Berlin', '2027-03-27T01:30:00.000Z', 3), [
    '2027-03-27T01:30:00.000Z',
    '2027-03-28T01:30:00.000Z',
    '2027-03-29T00:30:00.000Z'
  ])
  t.strictSame(datesOf('FREQ=DAILY', 'America/New_York', '2027-11-06T05:30:00.000Z', 3), [
    '2027-11-06T05:30:00.000Z',
    '2027-11-07T05:30:00.000Z',
    '2027-11-08T06:30:00.000Z'
  ])
  const dates = parseDates('FREQ=DAILY', 'America/New_York', new Date('2027-11-06T05:30:00.000Z'))
  const between = nextDate(dates, dates.start, Date.parse('2027-11-07T06:10:00.000Z'))
  t.equal(between?.startsAt.toISOString(), '2027-11-08T06:30:00.000Z', 'in the second hour, the date is over')
})

const zones = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Santiago',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Apia',
  'Asia/Kolkata',
  'Asia/Tehran',
  'UTC'
]

t.test('a moment has the time on the clock from which it was found, or there is no such time', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      (timeZone, date) => {
        const clock = new Date(Math.floor(date.getTime() / 60_000) * 60_000)
        const moment = momentOf(clock, timeZone)
        const shown = clockTime(moment, timeZone)
        if (shown.getTime() === clock.getTime()) {
          // No earlier moment shows the same time.
          for (const earlier of [0.5, 1, 2]) {
            const before = clockTime(new Date(moment.getTime() - earlier * hourMs), timeZone)
            if (before.getTime() === clock.getTime()) return false
          }
          return true
        }
        return shown > clock && shown.getTime() - clock.getTime() <= 24 * hourMs
      }
    ),
    { numRuns: 2000 }
  )
})

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
const arbitraryRule = fc.record({
  freq: fc.oneof(
    fc.constant('FREQ=DAILY'),
    fc.subarray([...weekdays]).map(days => `FREQ=WEEKLY${days.length > 0 ? `;BYDAY=${days.join(',')}` : ''}`),
    fc
      .tuple(fc.constantFrom(1, 2, 3, 4, -1), fc.constantFrom(...weekdays))
      .map(([n, d]) => `FREQ=MONTHLY;BYDAY=${n}${d}`),
    fc.constant('FREQ=MONTHLY')
  ),
  interval: fc.integer({ min: 1, max: 12 }),
  count: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined })
})

t.test('the dates are those that ical.js finds', async () => {
  fc.assert(
    fc.property(
      arbitraryRule,
      fc.date({ min: new Date('2026-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
      ({ freq, interval, count }, date) => {
        const rule = `${freq};INTERVAL=${interval}${count === undefined ? '' : `;COUNT=${count}`}`
        const iterator = (start: Date) => ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromJSDate(start, true))
        // Begins with the first date of the rule at or after the drawn time.
        const day = new Date(Math.floor(date.getTime() / 60_000) * 60_000)
        const start = ICAL.Recur.fromString(freq).iterator(ICAL.Time.fromJSDate(day, true)).next()?.toJSDate()
        if (!start) return false
        const { start: parsed, ...dates } = parseDates(rule, 'UTC', start)
        const other = iterator(start)
        let own: Date | undefined = parsed
        for (let n = 0; n < 40; n++) {
          const expected = other.next()?.toJSDate()
          if (own?.getTime() !== expected?.getTime()) return false
          if (!own) return true
          own = dateAfter({ start: parsed, ...dates }, own)
        }
        return true
      }
    ),
    { numRuns: 300 }
  )
})

t.test('other rules and time zones are refused', async t => {
  const startsAt = new Date('2027-03-07T20:00:00.000Z')
  for (const rule of [
    'FREQ=HOURLY',
    'FREQ=YEARLY',
    'BYDAY=SU',
    'FREQ=WEEKLY;FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=0',
    'FREQ=WEEKLY;INTERVAL=13',
    'FREQ=WEEKLY;COUNT=501',
    'FREQ=WEEKLY;COUNT=0',
    'FREQ=WEEKLY;BYDAY=1SU',
    'FREQ=MONTHLY;BYDAY=SU',
    'FREQ=MONTHLY;BYDAY=5SU',
    'FREQ=DAILY;BYDAY=SU',
    'FREQ=WEEKLY;BYDAY=MO',
    'FREQ=WEEKLY;BYHOUR=1',
    'FREQ=WEEKLY;',
    'FREQ=WEEKLY;UNTIL=20300101',
    'FREQ=WEEKLY=DAILY',
    'FREQ=',
    'toString=1',
    '__proto__=1',
    'FREQ=WEEKLY;BYDAY=SU,SU,MO,TU,WE,TH,FR,SA'
  ]) {
    t.throws(() => parseDates(rule, 'UTC', startsAt), { code: 'VALIDATION' }, rule)
  }
  for (const zone of ['', '+01:00', 'Mars/Olympus', '-0800', 'Europe/Berlin\n']) {
    t.equal(timeZoneOf(zone), undefined, JSON.stringify(zone))
    t.throws(() => parseDates('FREQ=DAILY', zone, startsAt), { code: 'VALIDATION' })
  }
})
