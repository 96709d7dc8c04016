import fc from 'fast-check'
import t from 'tap'
import { createCalendarFile } from '../../../web/src/discover/calendar-file.ts'

const show = {
  id: 'abc',
  title: 'Songs; tea, and \\ talk',
  description: 'One\nTwo',
  creator: { id: 'c', displayName: 'Host', avatarUrl: null }
}
const address = 'https://ambient.example/shows/abc'
const now = new Date('2030-01-01T10:00:00Z')

/** Returns the lines of a calendar before folding. */
const unfold = (calendar: string) => calendar.replaceAll('\r\n ', '').split('\r\n')

t.test('a scheduled show becomes a calendar file', async t => {
  const lines = unfold(createCalendarFile(show, '2030-02-01T19:30:00.000Z', address, now))
  for (const line of [
    'UID:abc@ambient.example',
    'DTSTAMP:20300101T100000Z',
    'DTSTART:20300201T193000Z',
    'SUMMARY:Songs\\; tea\\, and \\\\ talk',
    `URL:${address}`
  ]) {
    t.ok(lines.includes(line), line)
  }
  t.ok(lines.includes(`DESCRIPTION:With Host\\n${address}\\n\\nOne\\nTwo`))
  t.equal(lines.at(-2), 'END:VCALENDAR')
})

t.test('lines have at most 75 bytes, and a title neither adds lines nor loses characters', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }).map(title => title.replace(/\p{Cc}/gu, '')),
      title => {
        const calendar = createCalendarFile({ ...show, title }, '2030-02-01T19:30:00.000Z', address, now)
        const lines = calendar.split('\r\n')
        const summary = unfold(calendar)
          .find(line => line.startsWith('SUMMARY:'))
          ?.slice('SUMMARY:'.length)
        return lines.every(line => Buffer.byteLength(line) <= 75) && summary?.replace(/\\([\\;,])/g, '$1') === title
      }
    )
  )
})
