import { maxTopSongs } from '../../../contract/live.ts'
import {
  presenceTtlMs,
  type DayPeaks,
  type HomeReport,
  type PeopleGroup,
  type PresenceStore,
  type SharedValues
} from './presence-store.ts'

const dayMs = 86_400_000

export interface MemoryPresenceParts {
  nowMs: () => number
  /** For tests. */
  ttlMs?: number
}

/** People of a group, each with the nodes that have them and the time until which that is known. */
type Members = Map<string, Map<string, number>>

/** Keeps presences in memory. A server without other nodes has one store; tests have several. */
export function createMemoryPresence({ nowMs, ttlMs = presenceTtlMs }: MemoryPresenceParts) {
  const groups = new Map<PeopleGroup, Members>()
  const shows = new Map<string, { showId: string; nodeId: string; expiresAtMs: number }>()
  const reports = new Map<string, HomeReport & { expiresAtMs: number }>()
  let peaks: DayPeaks | undefined

  function isPresent(nodes: ReadonlyMap<string, number> | undefined): boolean {
    for (const expiresAtMs of nodes?.values() ?? []) if (expiresAtMs > nowMs()) return true
    return false
  }

  function drop(group: PeopleGroup, userId: string): void {
    const members = groups.get(group)
    members?.delete(userId)
    if (members?.size === 0) groups.delete(group)
  }

  /** Counts the people of a group, and drops those who expired. */
  function count(group: PeopleGroup): number {
    for (const [userId, nodes] of groups.get(group) ?? []) if (!isPresent(nodes)) drop(group, userId)
    return groups.get(group)?.size ?? 0
  }

  const livingReports = () => [...reports.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs())

  function updatePeaks(usersConnected: number, listeners: number, known: DayPeaks | undefined): DayPeaks {
    const day = Math.floor(nowMs() / dayMs)
    const earlier = [peaks, known].filter(one => one?.day === day)
    peaks = {
      day,
      usersConnected: Math.max(usersConnected, ...earlier.map(one => one?.usersConnected ?? 0)),
      listeners: Math.max(listeners, ...earlier.map(one => one?.listeners ?? 0))
    }
    return peaks
  }

  function read(known: DayPeaks | undefined): SharedValues {
    const living = livingReports()
    const songIds = new Set(living.flatMap(report => report.songIds))
    const [usersConnected, listeners] = [count('users'), count('listeners')]
    return {
      usersConnected,
      listeners,
      showsLive: living.reduce((sum, { showsLive }) => sum + showsLive, 0),
      topSongs: [...songIds]
        .map(songId => ({ songId, users: count(`song:${songId}`) }))
        .filter(({ users }) => users > 0)
        .toSorted((one, other) => other.users - one.users || (one.songId < other.songId ? -1 : 1))
        .slice(0, maxTopSongs),
      peaks: updatePeaks(usersConnected, listeners, known)
    }
  }

  return {
    /** Returns the store of a node. */
    join(nodeId: string): PresenceStore {
      return {
        async add(group, userIds) {
          const members: Members = groups.get(group) ?? new Map<string, Map<string, number>>()
          for (const userId of userIds) {
            const nodes = members.get(userId) ?? new Map<string, number>()
            members.set(userId, nodes.set(nodeId, nowMs() + ttlMs))
          }
          if (members.size > 0) groups.set(group, members)
        },
        async remove(group, userIds) {
          for (const userId of userIds) {
            const nodes = groups.get(group)?.get(userId)
            nodes?.delete(nodeId)
            if (!isPresent(nodes)) drop(group, userId)
          }
        },
        async enter(showId, userIds) {
          for (const userId of userIds) shows.set(userId, { showId, nodeId, expiresAtMs: nowMs() + ttlMs })
        },
        async leave(showId, userIds) {
          for (const userId of userIds) {
            const place = shows.get(userId)
            if (place?.showId === showId && place.nodeId === nodeId) shows.delete(userId)
          }
        },
        async report(report) {
          const isKnown = (reports.get(nodeId)?.expiresAtMs ?? 0) > nowMs()
          reports.set(nodeId, { ...report, expiresAtMs: nowMs() + ttlMs })
          return isKnown
        },
        read: async known => read(known),
        countUsers: async songIds => new Map(songIds.map(songId => [songId, count(`song:${songId}`)])),
        async findConnected(userIds) {
          const users = groups.get('users')
          return new Map(
            userIds.flatMap(userId => {
              if (!isPresent(users?.get(userId))) return []
              const place = shows.get(userId)
              return [[userId, place && place.expiresAtMs > nowMs() ? place.showId : null] as const]
            })
          )
        },
        async end() {
          reports.delete(nodeId)
        }
      }
    }
  }
}
