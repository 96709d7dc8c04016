import { Type, type Static } from 'typebox'
import { Count, Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { Person } from './users.ts'

/** Maximum number of songs in `topSongs`. */
export const maxTopSongs = 10
/** Maximum number of people in a list of followed people who are online. */
export const maxOnline = 100

/** People who play a song at this moment, in shows and libraries. A person counts once. */
export const SongUsers = Exactly({ songId: Id, users: Count })
export type SongUsers = Static<typeof SongUsers>

/** Highest values since midnight, UTC. */
export const LivePeaks = Exactly({ usersConnected: Count, listeners: Count })
export type LivePeaks = Static<typeof LivePeaks>

/** Counts since midnight, UTC, over all shows: also those that have ended since. */
export const LiveToday = Exactly({
  showsStarted: Count,
  joins: Count,
  comments: Count,
  reactions: Count,
  songsPlayed: Count,
  speakRequests: Count
})
export type LiveToday = Static<typeof LiveToday>

/**
 * Live values of the whole server, over all its nodes. `usersConnected` counts people, not connections. `showsLive` and
 * `listeners` are about public shows. `topSongs` has only songs that a public live show plays now, most users first;
 * their users include people who play the song elsewhere. `today` is missing while it cannot be counted. `asOf` is
 * there when the values could not be refreshed: they are those of that time.
 */
export const LiveValues = Exactly({
  usersConnected: Count,
  showsLive: Count,
  listeners: Count,
  topSongs: Type.Array(SongUsers, { maxItems: maxTopSongs }),
  peaks: Type.Optional(LivePeaks),
  today: Type.Optional(LiveToday),
  asOf: Type.Optional(IsoTime)
})
export type LiveValues = Static<typeof LiveValues>

/** Live values as a socket gets them. `usersOnSong` is about the song that this socket hears; null without one. */
export const LiveUpdate = Exactly({ usersConnected: Count, usersOnSong: Nullable(SongUsers) })
export type LiveUpdate = Static<typeof LiveUpdate>

/** Whether a person plays a song outside of a show. */
export const PlayerState = OneOf(['playing', 'paused'])
export type PlayerState = Static<typeof PlayerState>

/** A followed person who is online and lets followers see it, and the public live show that they are in. */
export const OnlinePerson = Exactly({ user: Person, show: Nullable(Exactly({ id: Id, title: Type.String() })) })
export type OnlinePerson = Static<typeof OnlinePerson>

/** Followed people who are online, those followed last first. */
export const OnlinePeople = Exactly({ items: Type.Array(OnlinePerson, { maxItems: maxOnline }) })
export type OnlinePeople = Static<typeof OnlinePeople>
