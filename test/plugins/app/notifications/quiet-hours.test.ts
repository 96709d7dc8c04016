import fc from 'fast-check'
import t from 'tap'
import { isQuiet, isTimeZone } from '../../../../plugins/app/notifications/settings/quiet-hours.ts'

const at = (time: string) => new Date(`2027-07-01T${time}:00Z`)

t.test('quiet hours are in the time zone of the person, and may cross midnight', async t => {
  const night = { from: '22:30', to: '07:00', timeZone: 'Europe/Berlin' }
  for (const time of ['20:30', '22:00', '00:00', '04:59']) t.ok(isQuiet(night, at(time)), `${time} UTC`)
  for (const time of ['20:29', '05:00', '12:00']) t.notOk(isQuiet(night, at(time)), `${time} UTC`)
  const noon = { from: '12:00', to: '13:00', timeZone: 'UTC' }
  t.ok(isQuiet(noon, at('12:00')))
  t.notOk(isQuiet(noon, at('13:00')))
  t.notOk(isQuiet({ ...noon, to: '12:00' }, at('12:00')), 'equal ends have no length')
  t.notOk(isQuiet({ ...noon, timeZone: 'Nowhere/Gone' }, at('12:00')), 'a time zone that this system does not know')
})

t.test('summer time is that of the day', async t => {
  const hour = { from: '08:00', to: '09:00', timeZone: 'Europe/Berlin' }
  t.ok(isQuiet(hour, new Date('2027-07-01T06:30:00Z')))
  t.ok(isQuiet(hour, new Date('2027-01-01T07:30:00Z')))
})

t.test('time zones are those of the system', async t => {
  for (const zone of ['UTC', 'Asia/Kathmandu', 'America/New_York']) t.ok(isTimeZone(zone), zone)
  for (const zone of ['', 'Mars', 'Europe/Berlin; DROP']) t.notOk(isTimeZone(zone), zone)
})

t.test('of each moment, exactly one half of the day is quiet', async () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(parts => parts.map(part => String(part).padStart(2, '0')).join(':'))
  fc.assert(
    fc.property(
      time,
      time,
      fc.date({ min: new Date(0), max: at('00:00'), noInvalidDate: true }),
      (from, to, moment) => {
        fc.pre(from !== to)
        const [one, other] = [
          { from, to, timeZone: 'Asia/Kathmandu' },
          { from: to, to: from, timeZone: 'Asia/Kathmandu' }
        ]
        return isQuiet(one, moment) !== isQuiet(other, moment)
      }
    )
  )
})

t.test('the clock of a time zone is made once, and forgotten when there are many', async t => {
  const { DateTimeFormat } = Intl
  let made = 0
  Intl.DateTimeFormat = class extends DateTimeFormat {
    constructor(locale?: string, options?: Intl.DateTimeFormatOptions) {
      super(locale, options)
      made++
    }
  } as typeof DateTimeFormat
  t.teardown(() => {
    Intl.DateTimeFormat = DateTimeFormat
  })
  const hours = { from: '22:30', to: '07:00', timeZone: 'Pacific/Chatham' }
  for (let n = 0; n < 10; n++) isQuiet(hours, at('12:00'))
  t.equal(made, 1)
  // Names of time zones are known in capitals and small letters: these are 1024 names of another one.
  for (let bits = 0; bits < 2048; bits++) {
    const letters = [...'pacific/auckland'].map((letter, n) => ((bits >> n) & 1 ? letter.toUpperCase() : letter))
    isTimeZone(letters.join(''))
  }
  const before = made
  isQuiet(hours, at('12:00'))
  t.equal(made, before + 1, 'the first one was forgotten')
})
