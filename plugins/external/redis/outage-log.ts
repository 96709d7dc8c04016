import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'

/** The reason of a connection that ends without an error. */
const closedReason = 'the connection closed'

/**
 * Logs once that Redis became unavailable, and once that all connections are back. Only messages are logged: errors of
 * the client carry the command they belong to, which may be AUTH with the password.
 */
export function logOutages(
  connections: Readonly<Record<string, Redis>>,
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
): { lost(connection: string, reason: string): void; stop(): void } {
  const down = new Set<string>()
  let isStopped = false

  function lost(connection: string, reason: string): void {
    if (isStopped) return
    if (down.size === 0) logger.warn({ connection, reason }, 'redis unavailable')
    down.add(connection)
  }

  for (const [name, redis] of Object.entries(connections)) {
    let reason = closedReason
    redis.on('error', ({ message }: Error) => {
      reason = message
      // An open connection closes after an error of its own. A late one may be of the connection before it.
      if (redis.status !== 'ready') lost(name, reason)
    })
    redis.on('close', () => lost(name, reason))
    redis.on('ready', () => {
      reason = closedReason
      if (down.delete(name) && down.size === 0) logger.info('redis available again')
    })
  }
  return {
    lost,
    stop() {
      isStopped = true
    }
  }
}
