import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable } from './primitives.ts'
import { AnnouncementText } from './text.ts'

/** Maximum number of announcements of operators at a time. */
export const maxActiveAnnouncements = 3

/** Body of `POST /v1/operator/announcements`. */
export const AnnouncementDraft = Exactly({
  text: AnnouncementText,
  until: Type.String({ ...IsoTime, description: 'ISO 8601, UTC: in the future, at most 30 days from now' })
})
export type AnnouncementDraft = Static<typeof AnnouncementDraft>

/** An announcement as operators see it. `endedAt` is set when an operator ended it before `until`. */
export const OperatorAnnouncement = Exactly({
  id: Id,
  text: Type.String(),
  createdAt: IsoTime,
  until: IsoTime,
  endedAt: Nullable(IsoTime)
})
export type OperatorAnnouncement = Static<typeof OperatorAnnouncement>

/** An active announcement of the operators: plain text, shown until `until`. */
export const Announcement = Exactly({ id: Id, text: Type.String(), until: IsoTime })
export type Announcement = Static<typeof Announcement>

/** Answer of `GET /v1/announcements`, newest first. `at` is the server's time, to compare `until` with. */
export const ActiveAnnouncements = Exactly({
  items: Type.Array(Announcement, { maxItems: maxActiveAnnouncements }),
  at: IsoTime
})
export type ActiveAnnouncements = Static<typeof ActiveAnnouncements>
