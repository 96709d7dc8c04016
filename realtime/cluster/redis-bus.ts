import type { FastifyBaseLogger } from 'fastify'
import type { RedisConnections } from '../../plugins/external/redis/connections.ts'
import { Deposed, type Bus, type Home, type NodeFacts } from './bus.ts'
import { assertMessageSize, busUnavailable, nodeGone } from './bus-errors.ts'
import { maxFeedEntries, maxInboxEntries, maxShowEntries } from './bus-times.ts'
import { createClusterClock } from './cluster-clock.ts'
import type { BusObserver } from './redis/bus-observer.ts'
import { createChannels } from './redis/channels.ts'
import { createCommands } from './redis/commands.ts'
import { createDrop } from './redis/dropped.ts'
import { decodeEntry, fieldsOf, wakeFields } from './redis/entries.ts'
import { keys, protocolVersion } from './redis/keys.ts'
import { createMembership } from './redis/membership.ts'
import { readNodes, refuseNewerNodes } from './redis/node-records.ts'
import * as scripts from './redis/scripts.ts'
import { firstId } from './redis/stream-ids.ts'
import { createStreamReader } from './redis/stream-reader.ts'

export type { BusObserver }

export interface RedisBusParts {
  connections: Pick<RedisConnections, 'commands' | 'blocking' | 'subscriber' | 'db'>
  /** `nodeId` is new at each start: letters, digits, hyphens and underscores. */
  facts: NodeFacts
  logger: FastifyBaseLogger
  observer?: BusObserver
  monotonicMs?: () => number
}

/** The stream of a show is kept this long after its last entry, should it never be forgotten. */
const showTtlMs = 3_600_000

/**
 * Joins the nodes that share a Redis.
 * @throws Error for operators when a living node speaks a newer protocol, and UNAVAILABLE without Redis
 */
export async function joinRedisCluster(parts: RedisBusParts): Promise<Bus> {
  const { connections, facts, logger, observer = {}, monotonicMs = () => performance.now() } = parts
  const { commands: redis, blocking, subscriber, db } = connections
  const { nodeId } = facts
  const inbox = keys.inbox(nodeId)
  const nodePrefix = keys.node('')
  const commands = createCommands(redis, logger)
  const drop = createDrop(logger, observer)
  const clock = createClusterClock(monotonicMs)
  const channels = createChannels({ nodeId, db, commands: redis, subscriber, drop })
  const membership = createMembership({
    facts,
    commands,
    onConnection: { lost: listener => redis.on('close', listener), back: listener => redis.on('ready', listener) },
    reconnect() {
      // One that is not ready connects already.
      if (redis.status !== 'ready') return
      for (const connection of [redis, blocking, subscriber]) {
        if (connection.status === 'ready') connection.disconnect(true)
      }
    },
    channels,
    clock,
    observer,
    monotonicMs
  })

  await refuseNewerNodes(commands)
  const feedStart = await newestIdOf(keys.feed)
  await membership.join()
  const reader = createStreamReader({
    redis: blocking,
    drop,
    logger,
    // Without it, the next read begins within a second.
    wake() {
      redis.xadd(inbox, 'NOMKSTREAM', '*', ...wakeFields).catch(() => {})
    }
  })

  async function newestIdOf(key: string): Promise<string> {
    const newest = await commands.script(scripts.newestIdScript, [key], [])
    return typeof newest === 'string' ? newest : firstId
  }

  const claimOf = (token: number) => `${token} ${nodeId}`

  return {
    nodeId,
    nowMs: clock.nowMs,
    isSure: membership.isSure,
    update: membership.update,
    nodes: async () => await readNodes(commands, drop),
    onNodeLost: membership.onNodeLost,
    onReconnected: membership.onReconnected,

    async claim(showId) {
      const mayTake = membership.isHoldingOff() ? 0 : 1
      const showKeys = [keys.home(showId), keys.node(nodeId)]
      const home = homeOf(await commands.script(scripts.claimScript, showKeys, [nodeId, nodePrefix, mayTake]))
      if (!home) throw busUnavailable()
      return home
    },
    async take(showId, token) {
      return (await commands.script(scripts.takeScript, [keys.home(showId)], [token, nodeId, nodePrefix])) === 1
    },
    async assert(showId, token) {
      return (await commands.script(scripts.assertScript, [keys.home(showId)], [token, nodeId])) === 1
    },
    async release(showId, token) {
      await commands.script(scripts.releaseScript, [keys.home(showId)], [claimOf(token)])
    },
    async findHome(showId) {
      return homeOf(await commands.script(scripts.findHomeScript, [keys.home(showId)], [nodePrefix]))
    },

    async send(to, message) {
      assertMessageSize(message)
      const limit = ['NOMKSTREAM', 'MAXLEN', '~', maxInboxEntries] as const
      const id = await commands.run(
        async connection => await connection.xadd(keys.inbox(to), ...limit, '*', ...fieldsOf(message))
      )
      if (id === null) throw nodeGone()
    },
    onMessage(handler) {
      reader.add(inbox, 'inbox', firstId, ({ text }) => handler(text))
    },

    async publish(showId, token, entry) {
      assertMessageSize(entry)
      const showKeys = [keys.home(showId), keys.show(showId)]
      const values = [claimOf(token), maxShowEntries, protocolVersion, entry, showTtlMs]
      const result = await commands.script(scripts.publishScript, showKeys, values)
      if (result === 0) throw new Deposed(showId)
      if (result !== 1) throw busUnavailable()
    },
    async follow(showId, handler) {
      const start = await newestIdOf(keys.show(showId))
      return reader.add(keys.show(showId), 'show', start, ({ text }) => handler(text))
    },
    async tail(showId) {
      const entries = await commands.run(async connection => await connection.xrange(keys.show(showId), '-', '+'))
      return entries.flatMap(([, fields]) => {
        const entry = decodeEntry(fields)
        if (typeof entry === 'string') drop('show', entry)
        return typeof entry === 'object' && entry ? [entry.text] : []
      })
    },
    async forget(showId, token) {
      await commands.script(scripts.forgetScript, [keys.home(showId), keys.show(showId)], [claimOf(token)])
    },

    cast: channels.cast,
    listen: channels.listen,

    async announce(message) {
      assertMessageSize(message)
      await commands.run(
        async connection =>
          await connection.xadd(keys.feed, 'MAXLEN', '~', maxFeedEntries, '*', ...fieldsOf(message, nodeId))
      )
    },
    onAnnounced(handler) {
      reader.add(keys.feed, 'feed', feedStart, ({ from, text }) => {
        if (from !== nodeId) handler(text)
      })
    },

    async close() {
      reader.close()
      // Without Redis the others notice by its key.
      await membership.leave().catch(() => {})
      commands.close()
    }
  }
}

function homeOf(reply: unknown): Home | null {
  const [token, nodeId]: unknown[] = Array.isArray(reply) ? reply : []
  return typeof token === 'string' && typeof nodeId === 'string' ? { token: Number(token), nodeId } : null
}
