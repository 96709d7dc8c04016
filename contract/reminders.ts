import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable } from './primitives.ts'

/** A planned show of which the caller asked to be reminded. It moves with the show, and goes when the show does. */
export const ShowReminder = Exactly({
  showId: Id,
  title: Type.String(),
  startsAt: Nullable(IsoTime),
  createdAt: IsoTime
})
export type ShowReminder = Static<typeof ShowReminder>

/** The reminders of the caller for shows that have not started, the next show first. */
export const ShowReminders = Exactly({ items: Type.Array(ShowReminder) })
export type ShowReminders = Static<typeof ShowReminders>
