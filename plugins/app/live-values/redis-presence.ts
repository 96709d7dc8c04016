import type { Redis } from 'ioredis'
import { maxTopSongs } from '../../../contract/live.ts'
import { presenceTtlMs, type PeopleGroup, type PresenceStore } from './presence-store.ts'
import {
  addScript,
  connectedScript,
  countScript,
  endScript,
  enterScript,
  leaveScript,
  readScript,
  removeScript,
  reportScript
} from './redis-scripts.ts'

export interface RedisPresenceParts {
  redis: Pick<Redis, 'eval'>
  nodeId: string
  /** For tests. */
  ttlMs?: number
}

/** Version of a node's report. Nodes skip reports of later versions. */
const reportVersion = 1
const peaksTtlMs = 2 * 86_400_000

const prefix = 'amb:live:'
const songPrefix = `${prefix}song:`
const nodesKey = `${prefix}nodes`
const homesKey = `${prefix}homes`
const usersKey = keyOf('users')

function keyOf(group: PeopleGroup): string {
  return `${prefix}${group}`
}
const keysOf = (group: PeopleGroup) => [keyOf(group), `${prefix}at:${group}`]
const showKey = (userId: string) => `${prefix}in:${userId}`

/**
 * Keeps presences in Redis: sorted sets with the time at which each member expires, by the clock of the server. A
 * member is a person; a second set has the person with the node, so that a node removes nobody whom another node has.
 * A person's show is a key that expires.
 */
export function createRedisPresence({ redis, nodeId, ttlMs = presenceTtlMs }: RedisPresenceParts): PresenceStore {
  async function run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown[]> {
    const reply = await redis.eval(script, keys.length, ...keys, ...args)
    return Array.isArray(reply) ? reply : [reply]
  }

  return {
    async add(group, userIds) {
      if (userIds.length > 0) await run(addScript, keysOf(group), [nodeId, ttlMs, ...userIds])
    },
    async remove(group, userIds) {
      await run(removeScript, [...keysOf(group), nodesKey], [nodeId, ...userIds])
    },
    async enter(showId, userIds) {
      await run(enterScript, userIds.map(showKey), [`${showId} ${nodeId}`, ttlMs])
    },
    async leave(showId, userIds) {
      await run(leaveScript, userIds.map(showKey), [`${showId} ${nodeId}`])
    },
    async report({ showsLive, songIds }) {
      const report = [showsLive, ...songIds].join(' ')
      const [known] = await run(reportScript, [nodesKey, homesKey], [nodeId, ttlMs, reportVersion, report])
      return known === 1
    },
    async read(known) {
      const peaks = known ? [known.day, known.usersConnected, known.listeners] : [-1, 0, 0]
      const reply = await run(
        readScript,
        [usersKey, keyOf('listeners'), homesKey],
        [songPrefix, `${prefix}peaks:`, maxTopSongs, reportVersion, ...peaks, peaksTtlMs]
      )
      const [usersConnected = 0, listeners = 0, showsLive = 0, day = 0, peakUsers = 0, peakListeners = 0] = reply
        .slice(0, 6)
        .map(Number)
      const songs = reply.slice(6)
      return {
        usersConnected,
        listeners,
        showsLive,
        topSongs: songs.flatMap((songId, index) =>
          index % 2 === 0 ? [{ songId: String(songId), users: Number(songs[index + 1]) }] : []
        ),
        peaks: { day, usersConnected: peakUsers, listeners: peakListeners }
      }
    },
    async countUsers(songIds) {
      if (songIds.length === 0) return new Map()
      const counts = await run(
        countScript,
        songIds.map(songId => songPrefix + songId),
        []
      )
      return new Map(songIds.map((songId, index) => [songId, Number(counts[index])]))
    },
    async findConnected(userIds) {
      if (userIds.length === 0) return new Map()
      const found = await run(connectedScript, [usersKey, ...userIds.map(showKey)], userIds)
      return new Map(
        userIds.flatMap((userId, index) => {
          const show = found[index]
          return typeof show === 'string' ? [[userId, show.split(' ')[0] || null] as const] : []
        })
      )
    },
    async end() {
      await run(endScript, [nodesKey, homesKey], [nodeId])
    }
  }
}
