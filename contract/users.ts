import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { Bio, DisplayName, LinkLabel } from './text.ts'

/** A person as shown beside what they do. `avatarUrl` is ours or Spotify's, never free text. */
export const Person = Exactly({ id: Id, displayName: Type.String(), avatarUrl: Nullable(Type.String()) })
export type Person = Static<typeof Person>

/** A link for direct support; https only. */
export const Link = Exactly({
  label: LinkLabel,
  url: Type.String({ format: 'uri', pattern: '^https://', maxLength: 500 })
})
export type Link = Static<typeof Link>

const Spotify = Exactly({
  linked: Type.Boolean(),
  relink: Type.Boolean(),
  product: Type.Optional(Type.String())
})

/** The caller's own account. */
export const User = Exactly({
  id: Id,
  displayName: Type.String(),
  avatarUrl: Nullable(Type.String()),
  bio: Type.String(),
  links: Type.Array(Link, { maxItems: 5 }),
  spotify: Nullable(Spotify),
  guest: Type.Boolean(),
  createdAt: IsoTime
})
export type User = Static<typeof User>

/** What the caller may change of themselves. */
export const UserPatch = Exactly({
  displayName: Type.Optional(DisplayName),
  bio: Type.Optional(Bio),
  links: Type.Optional(Type.Array(Link, { maxItems: 5 }))
})
export type UserPatch = Static<typeof UserPatch>

/** Somebody's page, open to everybody. */
export const PublicUser = Exactly({
  ...Person.properties,
  bio: Type.String(),
  links: Type.Array(Link, { maxItems: 5 }),
  guest: Type.Boolean(),
  followerCount: Type.Integer({ minimum: 0 }),
  followingCount: Type.Integer({ minimum: 0 }),
  /** Their page at Spotify, where they linked it. */
  spotifyUrl: Nullable(Type.String()),
  /** Whether the caller follows them; false for nobody in particular. */
  followed: Type.Boolean(),
  createdAt: IsoTime
})
export type PublicUser = Static<typeof PublicUser>

/** Somebody who can't join any show of the caller's. */
export const Block = Exactly({ user: Person, createdAt: IsoTime })
export type Block = Static<typeof Block>

/** Roles in a room; `speaker` is anybody on stage besides the creator and co-hosts. */
export const Role = OneOf(['creator', 'cohost', 'speaker', 'listener'])
export type Role = Static<typeof Role>
