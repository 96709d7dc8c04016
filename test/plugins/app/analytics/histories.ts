import fc from 'fast-check'
import type { AudienceEvent } from '../../../../contract/audience-events.ts'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import type { AnalyticsRecord } from '../../../../plugins/app/analytics/analytics-record.ts'
import type { LogRecord } from '../../../../plugins/app/shows/log-records.ts'

export const startMs = 1_800_000_000_000 + 17_000
const people = ['ann', 'bob', 'cleo', 'dora']

const item = (id: string): PlaylistItem => ({
  id,
  kind: 'song',
  songId: `song-${id}`,
  title: `Title of ${id}`,
  artists: ['An artist'],
  album: null,
  durationMs: 180_000,
  artworkUrl: null,
  link: null,
  available: true
})

/** Both streams of a show, each in its order. */
export interface History {
  readonly log: readonly AnalyticsRecord[]
  readonly audience: readonly AnalyticsRecord[]
}

const person = fc.constantFrom(...people)
const profile = (userId: string) => ({ userId, displayName: `Name of ${userId}`, avatarUrl: null })
const requestId = fc.constantFrom('r1', 'r2', 'r3')

const logEvent: fc.Arbitrary<LogRecord['event']> = fc.oneof(
  fc.constant({ type: 'home:taken', nodeId: 'node' } as const),
  fc.constant({ type: 'show:resumed' } as const),
  fc.record({ type: fc.constant('show:interrupted' as const), until: fc.constant(0) }),
  person.map(userId => ({ type: 'floor:granted', ...profile(userId), by: 'creator' }) as const),
  fc.record({
    type: fc.constant('stage:joined' as const),
    userId: person,
    producerId: fc.constant('p'),
    muted: fc.boolean(),
    silent: fc.boolean()
  }),
  fc.record({ type: fc.constant('stage:heard' as const), userId: person, producerId: fc.constant('p') }),
  fc.record({
    type: fc.constant('mute:changed' as const),
    userId: person,
    muted: fc.boolean(),
    by: fc.constant(null)
  }),
  fc.record({ type: fc.constant('stage:suspended' as const), userId: person }),
  fc.record({ type: fc.constant('stage:left' as const), userId: person, reason: fc.constant('left' as const) }),
  fc
    .tuple(person, requestId)
    .map(
      ([userId, id]) =>
        ({ type: 'speak:requested', requestId: id, ...profile(userId), reason: 'words', requestedAt: 0 }) as const
    ),
  fc.record({
    type: fc.constantFrom('speak:rejected' as const, 'speak:withdrawn' as const),
    requestId: fc.option(requestId),
    userId: person,
    by: fc.constant(null)
  }),
  fc.record({ status: fc.constantFrom('playing' as const, 'paused' as const), id: fc.constantFrom('a', 'b') }).map(
    ({ status, id }) =>
      ({
        type: 'playback:changed',
        playback: { status, item: item(id), positionMs: 0, at: 0, producerId: null }
      }) as const
  )
)

const audienceEvent: fc.Arbitrary<AudienceEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ type: 'audience:opened' } as const) },
  {
    weight: 8,
    arbitrary: person.map(userId => ({
      type: 'listener:joined' as const,
      person: userId,
      guest: userId === 'dora',
      source: userId === 'ann' ? ('link' as const) : null
    }))
  },
  { weight: 8, arbitrary: person.map(userId => ({ type: 'listener:left' as const, person: userId })) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('comments:counted' as const, 'reactions:counted' as const),
      count: fc.integer({ min: 1, max: 9 })
    })
  }
)

/** Times go forward by up to two minutes, and sometimes back, as with the clock of another home. */
const stepMs = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 120_000 }) },
  { weight: 2, arbitrary: fc.constantFrom(59_999, 60_000, 60_001) },
  { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 0 }) }
)

function placed<E>(steps: readonly (readonly [number, E])[], beginMs: number): { seq: number; at: number; event: E }[] {
  let at = beginMs
  return steps.map(([ms, event], index) => ({ seq: index + 1, at: (at += ms), event }))
}

/** Histories of shows that may have ended. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    log: fc.array(fc.tuple(stepMs, logEvent), { maxLength: 40 }),
    audience: fc.array(fc.tuple(stepMs, audienceEvent), { maxLength: 60 }),
    hasEnded: fc.boolean(),
    endAfterMs: fc.integer({ min: 0, max: 120_000 })
  })
  .map(({ log, audience, hasEnded, endAfterMs }) => {
    const audienceRecords = placed(audience, startMs).map(record => ({ stream: 'audience' as const, ...record }))
    const opening: (readonly [number, LogRecord['event']])[] = [[0, { type: 'show:started' }], ...log]
    const logRecords = placed(opening, startMs).map(record => ({ stream: 'log' as const, ...record }))
    if (!hasEnded) return { log: logRecords, audience: audienceRecords }
    // Nothing is recorded after the end.
    const endAt = Math.max(...[...logRecords, ...audienceRecords].map(({ at }) => at)) + endAfterMs
    const end = { stream: 'log', seq: logRecords.length + 1, at: endAt, event: { type: 'show:ended', reason: 'ended' } }
    return { log: [...logRecords, end as AnalyticsRecord], audience: audienceRecords }
  })
