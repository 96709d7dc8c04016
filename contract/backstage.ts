import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, OneOf } from './primitives.ts'
import { Person } from './users.ts'

/** Maximum number of people whom the creator of a planned show may invite backstage. */
export const maxBackstageGuests = 20

/** A co-host helps to run the show from backstage on. A guest has a place on stage. */
export const BackstageRole = OneOf(['guest', 'cohost'])
export type BackstageRole = Static<typeof BackstageRole>

/** A person who may come backstage, as the room knows them. */
export const BackstageGuest = Exactly({ userId: Id, role: BackstageRole })
export type BackstageGuest = Static<typeof BackstageGuest>

/** Body of `PUT /v1/shows/:showId/backstage/:userId`. */
export const BackstageDraft = Exactly({ role: Type.Optional(OneOf(['guest', 'cohost'], 'Default `guest`')) })
export type BackstageDraft = Static<typeof BackstageDraft>

/** An invitation of a person to meet backstage, before a planned show starts. */
export const BackstageInvitation = Exactly({ user: Person, role: BackstageRole, invitedAt: IsoTime })
export type BackstageInvitation = Static<typeof BackstageInvitation>

/** The invitations of a show that the caller may see: all of them for the creator, their own for others. */
export const BackstageInvitations = Exactly({
  items: Type.Array(BackstageInvitation, { maxItems: maxBackstageGuests })
})
export type BackstageInvitations = Static<typeof BackstageInvitations>
