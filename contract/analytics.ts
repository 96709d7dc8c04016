import { Type, type Static } from 'typebox'
import { pageQuery } from './paging.ts'
import { Count, Exactly, Id, IsoTime, Nullable } from './primitives.ts'
import { ShowStatus } from './shows.ts'
import { Person } from './users.ts'

const Ms = Type.Integer({ minimum: 0, description: 'Milliseconds' })
const Share = Type.Number({ minimum: 0, maximum: 1, description: 'A share from 0 to 1' })

const FollowersGained = Type.Integer({
  minimum: 0,
  description: 'People who followed the creator during the show or within an hour of its end, and still do'
})

/** A time span in a show. `to` is the end of the show, or now, for what has not ended. */
export const AnalyticsSpan = Exactly({ from: IsoTime, to: IsoTime })
export type AnalyticsSpan = Static<typeof AnalyticsSpan>

/** Different listeners by the way they found the show. A listener counts once, by their first join. */
export const ListenerSources = Exactly({
  link: Count,
  follow: Count,
  discover: Count,
  unknown: Type.Integer({ minimum: 0, description: 'Their clients did not say' })
})
export type ListenerSources = Static<typeof ListenerSources>

/**
 * The audience of a show. The creator is not a listener, co-hosts and speakers are. A person who comes back within 60
 * seconds neither left nor joined again.
 */
export const AudienceAnalytics = Exactly({
  listeners: Type.Integer({ minimum: 0, description: 'Different listeners' }),
  guests: Type.Integer({ minimum: 0, description: 'How many of them were guests' }),
  peak: Type.Integer({ minimum: 0, description: 'Most listeners at the same time' }),
  average: Type.Number({ minimum: 0, description: 'Listeners at a moment of the show, on average' }),
  joins: Count,
  leaves: Type.Integer({ minimum: 0, description: 'Before the end of the show' }),
  averageStayMs: Nullable(Ms),
  medianStayMs: Nullable(Ms),
  cameBack: Nullable(
    Type.Number({ minimum: 0, maximum: 1, description: 'Share of the listeners who left and joined again, 0 to 1' })
  ),
  returnRate: Nullable(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of the listeners who had been in an earlier show of the creator, 0 to 1'
    })
  ),
  sources: ListenerSources,
  reactions: Count
})
export type AudienceAnalytics = Static<typeof AudienceAnalytics>

/**
 * One minute of a show, which begins at a full minute of UTC. Values are null where nobody recorded the audience: in
 * shows from before this was done.
 */
export const AnalyticsMinute = Exactly({
  at: IsoTime,
  listeners: Nullable(Type.Integer({ minimum: 0, description: 'At the end of the minute' })),
  maxListeners: Nullable(Count),
  joins: Nullable(Count),
  leaves: Nullable(Count),
  comments: Nullable(Count),
  reactions: Nullable(Count)
})
export type AnalyticsMinute = Static<typeof AnalyticsMinute>

/** Something that played, from one start or resumption to the next pause or end. */
export const PlayedSpan = Exactly({
  ...AnalyticsSpan.properties,
  itemId: Id,
  songId: Nullable(Id),
  title: Type.String(),
  artists: Type.Array(Type.String())
})
export type PlayedSpan = Static<typeof PlayedSpan>

/** A person who was on air. `user` is null for erased accounts. */
export const SpeakerAnalytics = Exactly({
  user: Nullable(Person),
  talkMs: Type.Integer({ minimum: 0, description: 'Time on air and not muted, ms' }),
  spans: Type.Array(AnalyticsSpan, { description: 'When the person was on air and not muted' })
})
export type SpeakerAnalytics = Static<typeof SpeakerAnalytics>

/** Requests to speak. Those without an answer at the end of the show are in `requested` only. */
export const RequestAnalytics = Exactly({
  requested: Count,
  accepted: Count,
  rejected: Count,
  withdrawn: Count,
  averageWaitMs: Nullable(Type.Integer({ minimum: 0, description: 'Until a request was accepted or rejected, ms' })),
  medianWaitMs: Nullable(Ms)
})
export type RequestAnalytics = Static<typeof RequestAnalytics>

/** Analytics of one show, for its creator and co-hosts. `audience` is null for shows from before it was recorded. */
export const ShowAnalytics = Exactly({
  showId: Id,
  title: Type.String(),
  status: ShowStatus,
  startedAt: Nullable(IsoTime),
  endedAt: Nullable(IsoTime),
  durationMs: Ms,
  audience: Nullable(AudienceAnalytics),
  comments: Count,
  followersGained: FollowersGained,
  talkMs: Type.Integer({ minimum: 0, description: 'Sum of the talk times of all speakers, ms' }),
  requests: RequestAnalytics,
  minutes: Type.Array(AnalyticsMinute, { description: 'Every minute of the show, in order' }),
  played: Type.Array(PlayedSpan, { description: 'In order' }),
  speakers: Type.Array(SpeakerAnalytics, { description: 'By talk time, longest first' }),
  isTruncated: Type.Boolean({
    description: 'True: the show had more spans than are kept. `talkMs` and the counts are exact nevertheless'
  })
})
export type ShowAnalytics = Static<typeof ShowAnalytics>

/** The main numbers of one show. Null where nobody recorded the audience. */
export const ShowNumbers = Exactly({
  showId: Id,
  title: Type.String(),
  status: ShowStatus,
  startedAt: IsoTime,
  endedAt: Nullable(IsoTime),
  durationMs: Ms,
  listeners: Nullable(Count),
  peak: Nullable(Count),
  average: Nullable(Type.Number({ minimum: 0 })),
  joins: Nullable(Count),
  returnRate: Nullable(Share),
  talkMs: Ms,
  comments: Count,
  reactions: Nullable(Count),
  followersGained: FollowersGained
})
export type ShowNumbers = Static<typeof ShowNumbers>

/**
 * Sums over the ended shows of a creator whose numbers are stored: those of the last 30 days, and older ones whose
 * numbers were stored at their end, viewed or rebuilt.
 */
export const CreatorTotals = Exactly({
  shows: Count,
  durationMs: Ms,
  listeners: Type.Integer({ minimum: 0, description: 'Different listeners of all shows' }),
  joins: Count,
  talkMs: Ms,
  comments: Count,
  reactions: Count
})
export type CreatorTotals = Static<typeof CreatorTotals>

/** Query of `GET /v1/users/me/analytics`. */
export const CreatorAnalyticsQuery = Exactly(pageQuery)
export type CreatorAnalyticsQuery = Static<typeof CreatorAnalyticsQuery>

/** A page of the caller's shows that have started, newest first. `totals` is on the first page only. */
export const CreatorAnalytics = Exactly({
  items: Type.Array(ShowNumbers),
  nextCursor: Nullable(Type.String()),
  totals: Nullable(CreatorTotals)
})
export type CreatorAnalytics = Static<typeof CreatorAnalytics>
