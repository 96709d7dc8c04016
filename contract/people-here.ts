import { Type, type Static } from 'typebox'
import { Exactly, Nullable } from './primitives.ts'
import { Person, Role } from './users.ts'

/** A person who is in a live show now, as the others in it see them. */
export const PersonHere = Exactly({ ...Person.properties, role: Role })
export type PersonHere = Static<typeof PersonHere>

/** A page of the people in a live show. Guests are counted only; people who do not want to be listed are left out. */
export const PeopleHere = Exactly({
  items: Type.Array(PersonHere),
  nextCursor: Nullable(Type.String()),
  guestCount: Type.Integer({ minimum: 0, description: 'How many guests are in the show' })
})
export type PeopleHere = Static<typeof PeopleHere>
