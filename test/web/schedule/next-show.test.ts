import t from 'tap'
import { defaultSettings } from '../../../contract/settings.ts'
import type { Show } from '../../../contract/shows.ts'
import { draftLike, nextShowOf } from '../../../web/src/schedule/next-show.ts'

const show: Show = {
  id: 'show',
  creator: { id: 'creator', displayName: 'Creator', avatarUrl: null },
  title: 'Songs from the kitchen',
  description: 'Bring a song.',
  tags: [],
  status: 'ended',
  visibility: 'unlisted',
  settings: { ...defaultSettings, maxSpeakers: 3, slowModeMs: 5000 },
  startsAt: null,
  startedAt: '2027-03-01T19:03:20.000Z',
  endedAt: '2027-03-01T20:00:00.000Z',
  endReason: 'ended',
  listenerCount: 0,
  peakListeners: 0,
  totalListeners: 0,
  version: 3,
  createdAt: '2027-02-22T10:00:00.000Z',
  updatedAt: '2027-03-01T20:00:00.000Z'
}
const dayMs = 24 * 3_600_000
const endMs = Date.parse('2027-03-01T20:00:00Z')

t.test('the next show begins at the same time of the week, after now', t => {
  const scheduled = { ...show, startsAt: '2027-03-01T19:00:00.000Z' }
  t.equal(nextShowOf(scheduled, endMs).startsAt, '2027-03-08T19:00:00.000Z')
  t.equal(nextShowOf(show, endMs).startsAt, '2027-03-08T19:00:00.000Z', 'rounded to a quarter of an hour')
  t.equal(nextShowOf(scheduled, endMs + 6.9 * dayMs).startsAt, '2027-03-08T19:00:00.000Z')
  t.equal(nextShowOf(scheduled, endMs + 7 * dayMs).startsAt, '2027-03-15T19:00:00.000Z', 'that time has passed')
  for (const days of [40, 400, 4000]) {
    const nowMs = endMs + days * dayMs
    const next = Date.parse(nextShowOf(scheduled, nowMs).startsAt ?? '')
    t.ok(next > nowMs && next <= nowMs + 7 * dayMs + 3_600_000, `${days} days later`)
    t.equal(new Date(next).getDay(), new Date(Date.parse(scheduled.startsAt)).getDay())
    t.equal(new Date(next).getHours(), new Date(Date.parse(scheduled.startsAt)).getHours())
  }
  t.end()
})

t.test('the next show has the texts and all settings of the last one', t => {
  t.match(nextShowOf(show, endMs), { title: show.title, description: show.description, visibility: 'unlisted' })
  t.same(draftLike(show, { title: 'Next', settings: { record: true } }), {
    title: 'Next',
    settings: { ...show.settings, record: true }
  })
  t.end()
})
