import t from 'tap'
import { formatDay, formatDateTime, formatDateTimeInText } from '../../web/src/format/date-time.ts'
import { formatClock, formatDuration, formatSpokenDuration } from '../../web/src/format/duration.ts'
import { formatCharactersLeft, textLength } from '../../web/src/format/text-length.ts'

t.test('days near today are named, and other days are dated', async t => {
  const now = new Date(2030, 0, 15, 23, 50)
  t.equal(formatDay(new Date(2030, 0, 15, 0, 5), now), 'Today')
  t.equal(formatDay(new Date(2030, 0, 16, 0, 5), now), 'Tomorrow', 'even when it is only minutes away')
  t.equal(formatDay(new Date(2030, 0, 14, 23, 55), now), 'Yesterday')
  t.equal(formatDay(new Date(2030, 0, 18), now), 'Fri, Jan 18')
  t.equal(formatDay(new Date(2031, 0, 18), now), 'Sat, Jan 18, 2031', 'with the year when it is another one')
  t.match(formatDateTime(new Date(2030, 0, 16, 20, 5).toISOString(), now), /^Tomorrow, .*\b(8|20)\b/)
  t.match(formatDateTimeInText(new Date(2030, 0, 15, 8, 5).toISOString(), now), /^today, 0?8/)
})

t.test('characters are counted as people and the server count them', async t => {
  t.equal(textLength('  e\u0301👍 '), 2)
  t.equal(textLength('👩‍👩‍👧‍👦'), 7, 'a family of 25 bytes uses as much of a limit as 7 emoji of 4 bytes')
  t.same([3, 1, 0, -1, -2].map(formatCharactersLeft), [
    '3 characters left',
    '1 character left',
    '0 characters left',
    '1 character too long',
    '2 characters too long'
  ])
})

t.test('durations are formatted for reading, for a running clock and for a screen reader', async t => {
  t.same([0, 59_999, 200_000, 3_800_000].map(formatDuration), ['0:00', '0:59', '3:20', '1:03:20'])
  t.same([-1, 200_000, 3_800_000].map(formatClock), ['00:00:00', '00:03:20', '01:03:20'])
  t.same([0, 1000, 200_000, 3_601_000].map(formatSpokenDuration), [
    '0 seconds',
    '1 second',
    '3 minutes 20 seconds',
    '1 hour 1 second'
  ])
})
