import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, TimeMs } from './primitives.ts'
import { Person } from './users.ts'

/**
 * Chosen by the client, so that sending a comment again creates no second one. Any word of visible ASCII characters is
 * valid.
 */
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[!-~]+$',
  description: 'Id of the comment, chosen by the sender'
})

const fields = { id: Id, clientId: ClientId, showId: Id, author: Person, text: Type.String() }

/** A comment over REST. */
export const Comment = Exactly({ ...fields, createdAt: IsoTime })
export type Comment = Static<typeof Comment>

/** A comment on the wire of a live show; `createdAt` in ms since the epoch. */
export const LiveComment = Exactly({ ...fields, createdAt: TimeMs })
export type LiveComment = Static<typeof LiveComment>

/** The comments created and deleted since the last batch, oldest first. */
export const CommentBatch = Exactly({ comments: Type.Array(LiveComment), deletedIds: Type.Array(Id) })
export type CommentBatch = Static<typeof CommentBatch>
