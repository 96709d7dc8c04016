import type { Page } from 'playwright-core'
import type { AnalyticsMinute, CreatorAnalytics, ShowAnalytics, ShowNumbers } from '../../contract/analytics.ts'

const minuteMs = 60_000

/** The numbers of a show of 72 minutes: most people come in the first half, and some leave after a song. */
export function sampleAnalytics(showId: string, startMs = Date.parse('2027-03-01T19:00:00Z')): ShowAnalytics {
  const length = 72
  const at = (minute: number) => new Date(startMs + minute * minuteMs).toISOString()
  let listeners = 0
  const minutes = Array.from({ length }, (_, index): AnalyticsMinute => {
    const wave = Math.abs(Math.sin(index * 1.7))
    const joins = Math.round(index < 30 ? 5 + 4 * wave : 1 + 2 * wave)
    const leaves = Math.min(listeners, Math.round(index < 30 ? wave : 2 + 2 * wave + (index % 19 === 0 ? 9 : 0)))
    listeners += joins - leaves
    return {
      at: at(index),
      listeners,
      maxListeners: listeners + Math.round(2 * wave),
      joins,
      leaves,
      comments: Math.round(6 * wave + (index === 34 ? 18 : 0)),
      reactions: Math.round(11 * Math.abs(Math.cos(index)) + (index === 34 ? 41 : 0))
    }
  })
  const song = (itemId: string, from: number, to: number, title: string, artist: string) => ({
    itemId,
    songId: itemId,
    from: at(from),
    to: at(to),
    title,
    artists: [artist]
  })
  const played = [
    song('a', 0, 3.5, 'Harbour lights', 'A Quiet Band'),
    song('b', 17, 21, 'Slow train to the coast', 'A Quiet Band'),
    song('c', 34, 38, 'Letters', 'North & Daughters'),
    song('d', 55, 59.2, 'A very long title of a song that nobody could fit anywhere', 'Somebody')
  ]
  const speaker = (id: string, displayName: string, spans: [number, number][]) => ({
    user: id === '' ? null : { id, displayName, avatarUrl: null },
    talkMs: spans.reduce((sum, [from, to]) => sum + (to - from) * minuteMs, 0),
    spans: spans.map(([from, to]) => ({ from: at(from), to: at(to) }))
  })
  const peak = Math.max(...minutes.map(({ maxListeners }) => maxListeners ?? 0))
  const sum = (field: 'joins' | 'leaves' | 'comments' | 'reactions') =>
    minutes.reduce((total, minute) => total + (minute[field] ?? 0), 0)
  return {
    showId,
    title: 'Songs from the kitchen',
    status: 'ended',
    startedAt: at(0),
    endedAt: at(length),
    durationMs: length * minuteMs,
    audience: {
      listeners: 268,
      guests: 31,
      peak,
      average: 96.4,
      joins: sum('joins'),
      leaves: sum('leaves'),
      averageStayMs: 26 * minuteMs,
      medianStayMs: 19 * minuteMs,
      cameBack: 0.14,
      returnRate: 0.38,
      sources: { link: 121, follow: 84, discover: 55, unknown: 8 },
      reactions: sum('reactions')
    },
    comments: sum('comments'),
    followersGained: 7,
    talkMs: 73 * minuteMs,
    requests: {
      requested: 11,
      accepted: 6,
      rejected: 3,
      withdrawn: 1,
      averageWaitMs: 95_000,
      medianWaitMs: 61_000
    },
    minutes,
    played,
    speakers: [
      speaker('host', 'Mira of the kitchen', [
        [3, 17],
        [21, 34],
        [38, 52],
        [59, 72]
      ]),
      speaker('guest', 'Jonas', [
        [24, 33],
        [40, 46]
      ]),
      speaker('', '', [[60, 64]])
    ],
    isTruncated: false
  }
}

/** The numbers of some shows of one creator. */
export function sampleOverview(): CreatorAnalytics {
  const show = (index: number, title: string, listeners: number | null, hours: number): ShowNumbers => ({
    showId: `show${index}`,
    title,
    status: index === 0 ? 'live' : 'ended',
    startedAt: new Date(Date.parse('2027-03-01T19:00:00Z') - index * 7 * 86_400_000).toISOString(),
    endedAt: null,
    durationMs: hours * 3_600_000,
    listeners,
    peak: listeners === null ? null : Math.round(listeners * 0.55),
    average: listeners === null ? null : listeners * 0.36,
    joins: listeners === null ? null : listeners + 40,
    returnRate: listeners === null ? null : 0.38,
    talkMs: hours * 2_400_000,
    comments: 210 - index * 31,
    reactions: listeners === null ? null : 480 - index * 77,
    followersGained: 12 - index * 2
  })
  return {
    items: [
      show(0, 'Songs from the kitchen', 268, 1.2),
      show(1, 'Letters to the sea', 143, 0.8),
      show(2, 'An evening of slow records, with friends from the coast', 3412, 2.1),
      show(3, 'The first one', null, 0.5)
    ],
    nextCursor: null,
    totals: {
      shows: 4,
      durationMs: 4.6 * 3_600_000,
      listeners: 3290,
      joins: 4105,
      talkMs: 3 * 3_600_000,
      comments: 654,
      reactions: 1209
    }
  }
}

/** Answers the requests of a page for numbers with these. */
export async function answerNumbers(page: Page, analytics: ShowAnalytics, overview: CreatorAnalytics): Promise<void> {
  await page.route('**/v1/shows/*/analytics', async route => await route.fulfill({ json: analytics }))
  await page.route('**/v1/users/me/analytics*', async route => await route.fulfill({ json: overview }))
}
