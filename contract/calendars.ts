import { Type, type Static } from 'typebox'
import { Exactly, IsoTime, Nullable } from './primitives.ts'

/** Whether the caller has a calendar feed, and since when. Its address is shown only when it is made. */
export const CalendarFeed = Exactly({ createdAt: Nullable(IsoTime) })
export type CalendarFeed = Static<typeof CalendarFeed>

/** The new address of the caller's calendar feed. The feed needs no sign-in, so the address is a secret. */
export const CalendarFeedAddress = Exactly({ url: Type.String({ maxLength: 2000 }), createdAt: IsoTime })
export type CalendarFeedAddress = Static<typeof CalendarFeedAddress>

/** Query of a personal calendar feed. */
export const CalendarFeedQuery = Exactly({
  key: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$', description: 'Key of the feed' })
})
