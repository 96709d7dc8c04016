import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf, Version } from './primitives.ts'
import { pageQuery } from './paging.ts'
import { defaultSettings, ShowSettings, ShowSettingsPatch } from './settings.ts'
import { Repeat, Reschedule, SeriesOfShow } from './series.ts'
import { Tags } from './tags.ts'
import { Description, Tag, Title } from './text.ts'
import { Person } from './users.ts'

export const ShowStatus = OneOf(['scheduled', 'live', 'interrupted', 'ended'])
export type ShowStatus = Static<typeof ShowStatus>

export const Visibility = OneOf(['public', 'unlisted', 'private'])
export type Visibility = Static<typeof Visibility>

/** Why a show has ended. */
export const EndReason = OneOf(['ended', 'creatorLeft', 'creatorErased', 'operator'])
export type EndReason = Static<typeof EndReason>

/** Path of the picture of a show, a square WebP. A new picture has a new path. */
export const CoverUrl = Type.String({ description: 'Path of the picture of the show. Absent without one' })

/** A show in a REST answer. */
export const Show = Exactly(
  {
    id: Id,
    creator: Person,
    title: Type.String(),
    description: Type.String(),
    tags: Type.Array(Type.String()),
    coverUrl: Type.Optional(CoverUrl),
    series: Type.Optional(SeriesOfShow),
    status: ShowStatus,
    visibility: Visibility,
    settings: ShowSettings,
    startsAt: Nullable(IsoTime),
    startedAt: Nullable(IsoTime),
    endedAt: Nullable(IsoTime),
    endReason: Nullable(EndReason),
    listenerCount: Type.Integer({ minimum: 0 }),
    peakListeners: Type.Integer({ minimum: 0 }),
    totalListeners: Type.Integer({ minimum: 0 }),
    hasReplay: Type.Optional(
      Type.Boolean({ description: 'True: the show has ended, and its replay is published. Absent otherwise' })
    ),
    version: Version,
    createdAt: IsoTime,
    updatedAt: IsoTime
  },
  {
    examples: [
      {
        id: 'q3Xw8nLrT0aZ',
        creator: { id: 'V1StGXR8_Z5j', displayName: 'Creator', avatarUrl: null },
        title: 'Songs from the kitchen',
        description: 'Bring a song you cooked to.',
        tags: ['food', 'vinyl'],
        status: 'live',
        visibility: 'public',
        settings: defaultSettings,
        startsAt: null,
        startedAt: '2027-03-01T19:00:00.000Z',
        endedAt: null,
        endReason: null,
        listenerCount: 42,
        peakListeners: 61,
        totalListeners: 130,
        version: 2,
        createdAt: '2027-02-22T10:00:00.000Z',
        updatedAt: '2027-03-01T19:00:00.000Z'
      }
    ]
  }
)
export type Show = Static<typeof Show>

const changeable = {
  description: Type.Optional(Description),
  tags: Type.Optional(Tags),
  startsAt: Type.Optional(Nullable(IsoTime)),
  visibility: Type.Optional(Visibility),
  settings: Type.Optional(ShowSettingsPatch)
}

/**
 * Body of `POST /v1/shows`. With `repeat`, `startsAt` is the first date. With `coverOf`, the show gets the cover of
 * that show of the caller.
 */
export const ShowDraft = Exactly({
  title: Title,
  ...changeable,
  repeat: Type.Optional(Repeat),
  coverOf: Type.Optional({ ...Id, description: 'A show of the caller, whose cover the new show gets' })
})
export type ShowDraft = Static<typeof ShowDraft>

/** Body of `PATCH /v1/shows/:showId`. With `version`, a stale edit is a CONFLICT. */
export const ShowPatch = Exactly({ title: Type.Optional(Title), ...changeable, version: Type.Optional(Version) })
export type ShowPatch = Static<typeof ShowPatch>

/** Body of `PATCH /v1/series/:seriesId`. */
export const SeriesPatch = Exactly({
  title: Type.Optional(Title),
  description: changeable.description,
  tags: changeable.tags,
  visibility: changeable.visibility,
  settings: changeable.settings,
  repeat: Type.Optional(Reschedule)
})
export type SeriesPatch = Static<typeof SeriesPatch>

/** Query of `GET /v1/shows`. */
export const ShowsQuery = Exactly({
  ...pageQuery,
  status: Type.Optional(OneOf(['live', 'scheduled', 'ended'], 'live includes interrupted')),
  creatorId: Type.Optional(Id),
  tag: Type.Optional(Tag),
  followed: Type.Optional(Type.Boolean({ description: 'Only by people the caller follows' })),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Each word is the beginning of a word in title, tags or description'
    })
  )
})
export type ShowsQuery = Static<typeof ShowsQuery>
