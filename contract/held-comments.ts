import { Type, type Static } from 'typebox'
import { ClientId } from './comments.ts'
import { Count, Exactly, Id, TimeMs } from './primitives.ts'
import { Person } from './users.ts'

/** Maximum number of comments that wait for the hosts of a show. */
export const maxHeldComments = 100

/** A first comment that waits for the hosts. Only they and its author see it. */
export const HeldComment = Exactly({
  id: Id,
  clientId: ClientId,
  author: Person,
  text: Type.String(),
  sentAt: TimeMs
})
export type HeldComment = Static<typeof HeldComment>

/** The comments that wait, oldest first: all of them for hosts, for others their own. */
export const HeldComments = Exactly({ items: Type.Array(HeldComment, { maxItems: maxHeldComments }) })
export type HeldComments = Static<typeof HeldComments>

/** Tells the hosts that the number of held comments has changed. */
export const HeldCount = Exactly({ showId: Id, count: Count })

/** Tells an author what the hosts decided about their held comment. */
export const CommentAnswered = Exactly({ showId: Id, clientId: ClientId, accepted: Type.Boolean() })
export type CommentAnswered = Static<typeof CommentAnswered>
