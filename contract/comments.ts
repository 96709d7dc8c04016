import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, TimeMs } from './primitives.ts'
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

/** Maximum number of people whom a comment mentions. */
export const maxMentions = 10

/** Maximum length of the beginning of a comment that its replies show, graphemes. */
export const maxExcerptLength = 100

/** The comment that another one replies to. */
export const RepliedComment = Exactly({
  id: Id,
  author: Type.Unsafe<Person | null>({
    ...Nullable(Person),
    description: 'Null when the comment was deleted'
  }),
  excerpt: Type.String({ description: 'Beginning of its text; empty when it was deleted' })
})
export type RepliedComment = Static<typeof RepliedComment>

/** A person whom the text of a comment names: `@` and the name that they had then. */
export const Mention = Exactly({ userId: Id, name: Type.String() })
export type Mention = Static<typeof Mention>

const fields = {
  id: Id,
  clientId: ClientId,
  showId: Id,
  author: Person,
  text: Type.String(),
  replyTo: Type.Optional(RepliedComment),
  mentions: Type.Optional(Type.Array(Mention, { maxItems: maxMentions }))
}

/** A comment over REST. */
export const Comment = Exactly({ ...fields, createdAt: IsoTime })
export type Comment = Static<typeof Comment>

/** A comment on the wire of a live show; `createdAt` in ms since the epoch. */
export const LiveComment = Exactly({ ...fields, createdAt: TimeMs })
export type LiveComment = Static<typeof LiveComment>

/** A comment as its author gets it when it is accepted. */
export const SentComment = Exactly({
  ...fields,
  createdAt: TimeMs,
  held: Type.Optional(
    Type.Boolean({
      description: 'It waits for the hosts, and nobody else sees it. `comment:answered` tells the answer'
    })
  )
})
export type SentComment = Static<typeof SentComment>

/** The comments created and deleted since the last batch, oldest first. */
export const CommentBatch = Exactly({ comments: Type.Array(LiveComment), deletedIds: Type.Array(Id) })
export type CommentBatch = Static<typeof CommentBatch>
