import { Type } from 'typebox'
import type { SentComment } from '../../contract/comments.ts'
import type { WireError } from '../../contract/errors.ts'
import type { Member } from '../../contract/moderation.ts'
import type { LivePlace } from '../../plugins/app/shows/live-shows.ts'
import type { Actor, Command } from '../room/commands.ts'
import type { ReplicaState } from './replica-state.ts'

/** Time after which a command that another node should carry out is answered UNAVAILABLE, ms. */
export const forwardTimeoutMs = 4_000
/** Time for a node to say who is connected there, or to change the audio of a presence there, ms. */
export const quickTimeoutMs = 500

const Text = Type.String({ maxLength: 200 })
const showId = Text

/** A person who is connected to the node that says so. */
const PresentMemberOfNode = Type.Object({
  userId: Text,
  displayName: Type.String({ maxLength: 1000 }),
  avatarUrl: Type.Union([Type.String({ maxLength: 4096 }), Type.Null()]),
  guest: Type.Boolean(),
  presenceId: Text,
  producerId: Type.Union([Text, Type.Null()])
})

/** Actors and commands come from nodes of ours, whose gates and routes have checked them. */
const ActorOfNode = Type.Unsafe<Actor>(Type.Object({ kind: Text }))
const CommandOfNode = Type.Unsafe<Command>(Type.Object({ type: Text }))

/** Questions about a live show to its home, by kind. */
export const homeQuestions = {
  'room:command': Type.Object({ showId, id: Text, actor: ActorOfNode, command: CommandOfNode }),
  'room:comment': Type.Object({
    showId,
    actor: ActorOfNode,
    clientId: Text,
    text: Type.String({ maxLength: 10_000 }),
    /** Homes of earlier builds ignore the next two. */
    replyTo: Type.Optional(Text),
    mentions: Type.Optional(Type.Array(Text, { maxItems: 100 }))
  }),
  'room:announce': Type.Object({ showId, actor: ActorOfNode, text: Type.String({ maxLength: 10_000 }) }),
  /** Homes of earlier builds do not answer it, and hold no comments. */
  'room:heldAnswer': Type.Object({ showId, actor: ActorOfNode, heldId: Text, accept: Type.Boolean() }),
  'room:commentsDeleted': Type.Object({ showId, commentIds: Type.Array(Text, { maxItems: 10_000 }) }),
  /** Homes of earlier builds know no `check`: they list members for hosts only. */
  'room:members': Type.Object({
    showId,
    actor: ActorOfNode,
    check: Type.Optional(Type.Union([Type.Literal('people:list'), Type.Literal('people:see')]))
  }),
  'room:place': Type.Object({ showId, userId: Text }),
  'room:follow': Type.Object({
    showId,
    present: Type.Array(PresentMemberOfNode, { maxItems: 100_000 }),
    joining: Type.Array(Text, { maxItems: 100_000 })
  }),
  /** Whether the home knows the same presences of the asking node. */
  'room:checkPresent': Type.Object({ showId, digest: Text }),
  'room:unfollow': Type.Object({ showId })
} as const

/** Questions of a home to the other nodes, by kind. */
export const memberQuestions = {
  'room:rollCall': Type.Object({ showId, token: Type.Integer() }),
  'rooms:forget': Type.Object({ userId: Text }),
  'rooms:take': Type.Object({ showId }),
  'audio:admit': Type.Object({ showId, presenceId: Text, producerId: Text, muted: Type.Boolean() }),
  'audio:close': Type.Object({ showId, presenceId: Text }),
  'audio:mute': Type.Object({ showId, presenceId: Text, muted: Type.Boolean() })
} as const

/** The answer of a node that is not the home of the show. */
export interface NotHome {
  readonly outcome: 'notHome'
}

/**
 * The answer to a question that the home carries out. The effects are known after the entry `n` of the stream of the
 * home with this token.
 */
export type Carried<A = null> =
  | { readonly outcome: 'done'; readonly token: number; readonly n: number; readonly answer: A }
  | { readonly outcome: 'refused'; readonly error: WireError }
  | NotHome

/** The results of questions to a home that are asked for their answer. */
export interface HomeResults {
  'room:comment': SentComment
  'room:announce': null
  'room:heldAnswer': null
  'room:commentsDeleted': null
  'room:members': Member[]
  'room:place': LivePlace | null
}

/** A room as a follower takes it over: everything after entry `n` follows in the stream. */
export interface Following {
  readonly outcome: 'following'
  readonly token: number
  readonly n: number
  readonly seq: number
  readonly state: ReplicaState
}
