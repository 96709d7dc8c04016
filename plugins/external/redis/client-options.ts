import type { RedisOptions } from 'ioredis'

/** A command that is not answered within this time fails, ms. */
export const commandTimeoutMs = 1000
const connectTimeoutMs = 2000
const keepAliveMs = 5000
/** A connection that is given up is destroyed when its peer did not close it by then. */
const disconnectTimeoutMs = 100
const maxRetryDelayMs = 500

/** Returns the pause before another attempt to connect, ms. */
export const retryDelayMs = (attempt: number) => Math.min(attempt * 50, maxRetryDelayMs)

/** Options of each connection, to Redis and to sentinels: it connects again for ever, and queues no commands. */
export const clientOptions = {
  lazyConnect: true,
  connectTimeout: connectTimeoutMs,
  disconnectTimeout: disconnectTimeoutMs,
  keepAlive: keepAliveMs,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: null,
  disableClientInfo: true,
  retryStrategy: retryDelayMs
} satisfies RedisOptions
