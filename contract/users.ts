import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { Bio, DisplayName, LinkLabel } from './text.ts'

/** A person as other people see them. `avatarUrl` belongs to this server or to Spotify, and is never free text. */
export const Person = Exactly({ id: Id, displayName: Type.String(), avatarUrl: Nullable(Type.String()) })
export type Person = Static<typeof Person>

/** A link with which people can support a creator; https only. */
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
  /** Whether followers see that the person is online, and in which public show. */
  showsOnline: Type.Optional(Type.Boolean()),
  /** Whether the others in a show see the person in the list of listeners. */
  listedInShows: Type.Optional(Type.Boolean()),
  createdAt: IsoTime
})
export type User = Static<typeof User>

/** Changes of the caller's own profile. */
export const UserPatch = Exactly({
  displayName: Type.Optional(DisplayName),
  bio: Type.Optional(Bio),
  links: Type.Optional(Type.Array(Link, { maxItems: 5 })),
  showsOnline: Type.Optional(Type.Boolean()),
  listedInShows: Type.Optional(Type.Boolean())
})
export type UserPatch = Static<typeof UserPatch>

/** The public profile of a person. */
export const PublicUser = Exactly({
  ...Person.properties,
  bio: Type.String(),
  links: Type.Array(Link, { maxItems: 5 }),
  guest: Type.Boolean(),
  followerCount: Type.Integer({ minimum: 0 }),
  followingCount: Type.Integer({ minimum: 0 }),
  /** Their page at Spotify, if they have linked their account. */
  spotifyUrl: Nullable(Type.String()),
  /** Whether the caller follows them. False for a caller who is not signed in. */
  followed: Type.Boolean(),
  createdAt: IsoTime
})
export type PublicUser = Static<typeof PublicUser>

/** A person whom the caller has blocked: they cannot join any show of the caller. */
export const Block = Exactly({ user: Person, createdAt: IsoTime })
export type Block = Static<typeof Block>

/** Roles in a room. A `speaker` is a person on stage who is not a host. */
export const Role = OneOf(['creator', 'cohost', 'speaker', 'listener'])
export type Role = Static<typeof Role>
