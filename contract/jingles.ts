import { Type, type Static } from 'typebox'
import { Exactly, Id, Nullable, OneOf, TimeMs } from './primitives.ts'
import { JingleName } from './text.ts'

export const jingleColors = ['red', 'orange', 'green', 'teal', 'blue', 'purple'] as const
export const JingleColor = OneOf(jingleColors)
export type JingleColor = (typeof jingleColors)[number]

/** The name and colour of a short song on a pad: its owner's shows can play it over song and voices. */
export const JingleMark = Exactly({ name: JingleName, color: JingleColor })
export type JingleMark = Static<typeof JingleMark>

/** A jingle of the creator as the hosts of a show see it. */
export const JinglePad = Exactly(
  { songId: Id, ...JingleMark.properties, durationMs: Type.Integer({ minimum: 0 }) },
  { examples: [{ songId: 'm8Qz0LrTw3Xa', name: 'Applause', color: 'teal', durationMs: 4200 }] }
)
export type JinglePad = Static<typeof JinglePad>

/** Answer of `GET /v1/shows/:showId/jingles`. */
export const JinglePads = Exactly({ items: Type.Array(JinglePad) })
export type JinglePads = Static<typeof JinglePads>

/**
 * The jingle that a host started last. It sounds from `startedAt` on for `durationMs`. The room keeps it, and its
 * producer, for some seconds longer, so that the next one is heard at once. `producerId` is null while the audio is
 * being restored.
 */
export const Jingle = Exactly({
  songId: Id,
  producerId: Nullable(Id),
  startedAt: TimeMs,
  durationMs: Type.Integer({ minimum: 0 }),
  by: Id
})
export type Jingle = Static<typeof Jingle>
