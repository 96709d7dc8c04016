import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, TimeMs } from './primitives.ts'
import { Person } from './users.ts'

/**
 * Made by the client, so that sending again makes no second comment. It is the client's own, so any word of visible
 * ASCII will do.
 */
export const ClientId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[!-~]+$',
  description: "The sender's own id of the comment"
})

const fields = { id: Id, clientId: ClientId, showId: Id, author: Person, text: Type.String() }

/** A comment over REST. */
export const Comment = Exactly({ ...fields, createdAt: IsoTime })
export type Comment = Static<typeof Comment>

/** A comment on the wire of a live show; `createdAt` in ms since the epoch. */
export const LiveComment = Exactly({ ...fields, createdAt: TimeMs })
export type LiveComment = Static<typeof LiveComment>

/** What was said and what was taken back since the last batch, oldest first. */
export const CommentBatch = Exactly({ comments: Type.Array(LiveComment), deletedIds: Type.Array(Id) })
export type CommentBatch = Static<typeof CommentBatch>
