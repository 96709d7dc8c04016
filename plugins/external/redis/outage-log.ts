import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'

/**
 * Logs once that Redis became unavailable, and once that all connections are back. Only messages are logged: errors of
 * the client carry the command they belong to, which may be AUTH with the password.
 */
export function logOutages(
  connections: Readonly<Record<string, Redis>>,
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
): { stop(): void } {
  const down = new Set<string>()
  let isStopped = false

  function lost(connection: string, reason: string): void {
    if (isStopped) return
    if (down.size === 0) logger.warn({ connection, reason }, 'redis unavailable')
    down.add(connection)
  }

  for (const [name, redis] of Object.entries(connections)) {
    redis.on('error', (error: Error) => lost(name, error.message))
    redis.on('close', () => lost(name, 'the connection closed'))
    redis.on('ready', () => {
      if (down.delete(name) && down.size === 0) logger.info('redis available again')
    })
  }
  return {
    stop() {
      isStopped = true
    }
  }
}
