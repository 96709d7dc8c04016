import type { FastifyBaseLogger } from 'fastify'
import { Redis, type RedisOptions } from 'ioredis'
import pTimeout from 'p-timeout'
import { clientOptions, commandTimeoutMs, retryDelayMs } from './client-options.ts'
import { watchFailovers } from './failover-watch.ts'
import { logOutages } from './outage-log.ts'
import { parseRedisUrl, type RedisAddress, type RedisPlace } from './redis-address.ts'
import { reopenSilent } from './silent-peers.ts'

/**
 * The connections to Redis. While one is lost, its commands fail at once, and it reconnects by itself: also when its
 * peer does not answer any more, and to the new primary when sentinels announce one.
 */
export interface RedisConnections {
  /** For all commands that do not wait. One that is not answered within 1 s fails. */
  readonly commands: Redis
  /** For commands that wait for something to happen, for 2 s at most. */
  readonly blocking: Redis
  /** For channels. Channels must be subscribed again after a lost connection. */
  readonly subscriber: Redis
  /** Number of the database. Channels are shared by all databases of a server. */
  readonly db: number
  close(): void
}

export interface RedisParts {
  url: string
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
}

const blockingTimeoutMs = 2500
/** The server does not start when Redis is not ready within this time. */
const startTimeoutMs = 10_000
/** Answers to a wrong user name or password: waiting does not help. */
const refused = /WRONGPASS|NOAUTH|NOPERM/
/** Redis has XADD with NOMKSTREAM since this version. */
const minVersion = [6, 2] as const

function optionsOf({ places, primaryName, username, password, db, isEncrypted }: RedisAddress): RedisOptions {
  return {
    ...clientOptions,
    ...(primaryName === undefined ? places[0] : sentinelOptions(places, primaryName)),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    db,
    ...(isEncrypted && { tls: {} }),
    // After a failover, the connection may lead to a server that is read-only now.
    reconnectOnError: ({ message }) => message.startsWith('READONLY')
  }
}

/** Each new connection asks the sentinels, one after the other, where the primary is. */
function sentinelOptions(places: readonly RedisPlace[], name: string): RedisOptions {
  return {
    sentinels: [...places],
    name,
    role: 'master',
    sentinelCommandTimeout: commandTimeoutMs,
    sentinelRetryStrategy: retryDelayMs
  }
}

/**
 * Connects to Redis. Waits until it is ready.
 * @throws Error for operators, without secrets, when Redis is not available, is a Redis Cluster, or is too old
 */
export async function connectRedis({ url, logger }: RedisParts): Promise<RedisConnections> {
  const address = parseRedisUrl(url)
  const options = optionsOf(address)
  const commands = new Redis({ ...options, commandTimeout: commandTimeoutMs })
  const blocking = new Redis({ ...options, commandTimeout: blockingTimeoutMs })
  const subscriber = new Redis({ ...options, commandTimeout: commandTimeoutMs })
  const all = { commands, blocking, subscriber }
  const stops: (() => void)[] = []
  const close = () => {
    for (const stop of stops) stop()
    for (const redis of Object.values(all)) redis.disconnect()
  }
  const outages = logOutages(all, logger)
  stops.push(outages.stop)
  try {
    await Promise.all(Object.values(all).map(async redis => await firstReady(redis)))
    refuseUnsupported(await commands.info())
    for (const [name, redis] of Object.entries(all)) {
      stops.push(reopenSilent(redis, () => outages.lost(name, 'no answer')).stop)
    }
    const { places: sentinels, primaryName } = address
    if (primaryName !== undefined) {
      stops.push(watchFailovers({ sentinels, primaryName, connections: Object.values(all), logger }).close)
    }
  } catch (error) {
    close()
    const reason = error instanceof Error ? error.message : String(error)
    const places = address.places.map(({ host, port }) => `${host}:${port}`).join(', ')
    const where = address.primaryName === undefined ? places : `${address.primaryName} of the sentinels ${places}`
    throw new Error(`Redis at ${where} cannot be used: ${reason}`)
  }
  return { ...all, db: address.db, close }
}

/** Resolves when a connection is ready. Rejects with the last error when it is not in time. */
async function firstReady(redis: Redis): Promise<void> {
  let reason = 'it does not answer'
  const ready = Promise.withResolvers<void>()
  const onError = (error: Error) => {
    reason = error.message
    if (refused.test(reason)) ready.reject(error)
  }
  redis.on('error', onError)
  redis.once('ready', ready.resolve)
  // It goes on trying after a failure.
  redis.connect().catch(() => {})
  try {
    await pTimeout(ready.promise, { milliseconds: startTimeoutMs, fallback: () => Promise.reject(new Error(reason)) })
  } finally {
    redis.off('error', onError)
  }
}

/** @throws Error when the answer of INFO is that of a server without the features that nodes need */
export function refuseUnsupported(info: string): void {
  const facts = new Map(info.split(/\r?\n/).map(line => [line.split(':')[0], line.split(':')[1] ?? '']))
  if (facts.get('cluster_enabled') === '1') {
    throw new Error('it is a Redis Cluster, which is not supported; use one primary, with replicas if you like')
  }
  const version = facts.get('redis_version') ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < minVersion[0] || (major === minVersion[0] && minor < minVersion[1])) {
    throw new Error(`its version is ${version || 'unknown'}, and must be ${minVersion.join('.')} or newer`)
  }
}
