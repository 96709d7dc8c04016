import type { LivePeaks, SongUsers } from '../../../contract/live.ts'

/** People of whom a store keeps who they are: connected people, listeners of public shows, people who play a song. */
export type PeopleGroup = 'users' | 'listeners' | `song:${string}`

/** Entries that are not refreshed within this time do not count, ms. A killed node leaves no ghost for longer. */
export const presenceTtlMs = 25_000
/** Maximum number of people or songs in one command. */
export const maxPerCommand = 200

/** The public live shows whose home is a node, and the songs that play in them. */
export interface HomeReport {
  readonly showsLive: number
  readonly songIds: readonly string[]
}

/** Peaks of a day, counted in days since the epoch, UTC. */
export interface DayPeaks extends LivePeaks {
  readonly day: number
}

/** Values of all nodes together. */
export interface SharedValues {
  readonly usersConnected: number
  readonly listeners: number
  readonly showsLive: number
  /** Songs that play in public live shows, most users first. */
  readonly topSongs: readonly SongUsers[]
  readonly peaks: DayPeaks
}

/**
 * Keeps who is where, for all nodes. Each entry belongs to the node of this store and expires unless the node repeats
 * it. Lists of people have at most `maxPerCommand` entries. Every method rejects while the store is away.
 */
export interface PresenceStore {
  /** Adds people to a group, or refreshes them. Safe to repeat. */
  add(group: PeopleGroup, userIds: readonly string[]): Promise<void>
  /** Removes people of this node from a group. People whom another node has in the group stay in it. */
  remove(group: PeopleGroup, userIds: readonly string[]): Promise<void>
  /** Records that people are in a show. One who is in several shows is in the last one. */
  enter(showId: string, userIds: readonly string[]): Promise<void>
  /** Records that people are no longer in a show through this node. */
  leave(showId: string, userIds: readonly string[]): Promise<void>
  /** Reports the shows of this node. Returns whether the store still knew this node. */
  report(report: HomeReport): Promise<boolean>
  /** Returns the values. Peaks that the caller knows are kept when the store has lost them. */
  read(knownPeaks: DayPeaks | undefined): Promise<SharedValues>
  /** Returns the number of people on each of these songs. */
  countUsers(songIds: readonly string[]): Promise<Map<string, number>>
  /** Returns those of these people who are connected, with the show they are in or null. */
  findConnected(userIds: readonly string[]): Promise<Map<string, string | null>>
  /** Removes this node and its report. */
  end(): Promise<void>
}
