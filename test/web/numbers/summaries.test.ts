import t from 'tap'
import type { ShowAnalytics } from '../../../contract/analytics.ts'
import { speakersDuring, titlesDuring } from '../../../web/src/numbers/minutes.ts'
import {
  findMostReacted,
  formatLength,
  formatShortLength,
  summarizeListeners,
  summarizeRequests,
  summarizeResponses,
  summarizeSources,
  summarizeTalk,
  summarizeTimeline
} from '../../../web/src/numbers/summaries.ts'
import { sampleAnalytics } from '../../e2e/sample-numbers.ts'

const startMs = new Date(2027, 2, 1, 19).getTime()
const show = sampleAnalytics('show', startMs)
const empty: ShowAnalytics = {
  ...show,
  audience: null,
  played: [],
  speakers: [],
  talkMs: 0,
  minutes: []
}

t.test('each plot has a sentence that says what it shows', t => {
  t.match(
    summarizeListeners(show),
    /^Most people listened at 7:\d\d.PM: \d+ at once\. Half of them stayed longer than 19 minutes\.$/
  )
  t.equal(
    summarizeTimeline(show),
    '4 tracks played for 16 minutes. 3 people were on air, Mira of the kitchen longest: 54 minutes.'
  )
  t.match(summarizeResponses(show), /^The liveliest minute was 7:34.PM, with \d+ comments and \d+ reactions\.$/)
  t.equal(summarizeTalk(show), 'Mira of the kitchen was on air longest: 74% of all the time on air.')
  t.equal(
    summarizeRequests(show.requests),
    '11 requests to speak: 6 accepted, 3 rejected, 1 withdrawn. An answer took 2 minutes on average.'
  )
  t.equal(
    summarizeSources({ link: 1, follow: 6, discover: 1, unknown: 2 }),
    '60% of the listeners came because they follow you.'
  )
  t.end()
})

t.test('a show without audience, music or speech has sentences too', t => {
  t.equal(summarizeListeners(empty), 'Nobody has listened yet.')
  t.equal(summarizeTimeline(empty), 'No music played. Nobody was on air.')
  t.equal(summarizeResponses(empty), 'Nobody has commented or reacted yet.')
  t.equal(summarizeTalk(empty), 'Nobody was on air.')
  t.equal(summarizeSources({ link: 0, follow: 0, discover: 0, unknown: 0 }), 'Nobody has listened yet.')
  t.equal(
    summarizeSources({ link: 0, follow: 0, discover: 0, unknown: 4 }),
    'How listeners found the show is not known.'
  )
  const none = { requested: 0, accepted: 0, rejected: 0, withdrawn: 0, averageWaitMs: null, medianWaitMs: null }
  t.equal(summarizeRequests(none), 'Nobody asked to speak.')
  t.equal(summarizeRequests({ ...none, requested: 1, accepted: 1 }), '1 request to speak: 1 accepted.')
  t.end()
})

t.test('a minute names what played and who was on air in it', t => {
  const at = (minute: number) => startMs + minute * 60_000
  t.same(titlesDuring(show, at(3)), ['Harbour lights'], 'also in a part of the minute')
  t.same(titlesDuring(show, at(4)), [])
  t.same(speakersDuring(show, at(24)), ['Mira of the kitchen', 'Jonas'])
  t.same(speakersDuring(show, at(61)), ['Mira of the kitchen', 'Deleted account'])
  t.end()
})

t.test('lengths of time', t => {
  t.same([0, 1000, 59_400, 60_000, 3_600_000, 3_900_000, 7_260_000].map(formatLength), [
    '0 seconds',
    '1 second',
    '59 seconds',
    '1 minute',
    '1 hour',
    '1 hour 5 minutes',
    '2 hours 1 minute'
  ])
  t.same([0, 59_400, 60_000, 3_600_000, 3_900_000].map(formatShortLength), ['0 s', '59 s', '1 min', '1 h', '1 h 5 min'])
  t.end()
})

t.test('the minute with the most reactions is found', t => {
  t.equal(findMostReacted(show)?.at, show.minutes[34]?.at)
  t.equal(findMostReacted(empty), undefined)
  const quiet = show.minutes.map(minute => ({ ...minute, reactions: 0 }))
  t.equal(findMostReacted({ minutes: quiet }), undefined, 'nobody reacted')
  const equal = show.minutes.map(minute => ({ ...minute, reactions: 3 }))
  t.equal(findMostReacted({ minutes: equal })?.at, show.minutes[0]?.at, 'the first of several')
  t.end()
})
