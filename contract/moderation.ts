import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { pageQuery } from './paging.ts'
import { Person, Role } from './users.ts'

/** A person who is in a live show now. */
export const Member = Exactly({
  ...Person.properties,
  role: Role,
  speak: OneOf(['off', 'requested', 'invited', 'granted', 'onStage', 'suspended']),
  commentsMuted: Type.Boolean(),
  guest: Type.Boolean()
})
export type Member = Static<typeof Member>

/** Query of `GET /v1/shows/:showId/members`. */
export const MembersQuery = Exactly({
  ...pageQuery,
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Part of a name' }))
})
export type MembersQuery = Static<typeof MembersQuery>

/** A person who was removed from a show for good. */
export const Ban = Exactly({ user: Person, by: Nullable(Person), at: IsoTime })
export type Ban = Static<typeof Ban>

/** A decision of a host about a person in a show. `by` is null for a decision of the server. */
export const ShowDecision = Exactly({
  id: Id,
  at: IsoTime,
  type: OneOf([
    'accepted',
    'rejected',
    'invited',
    'revoked',
    'muted',
    'cohostNamed',
    'cohostDismissed',
    'handedOver',
    'removed',
    'banned',
    'unbanned',
    'commentsMuted',
    'commentsUnmuted'
  ]),
  by: Nullable(Person),
  user: Person
})
export type ShowDecision = Static<typeof ShowDecision>
