import type { FastifyBaseLogger } from 'fastify'
import pTimeout from 'p-timeout'

/** A check that takes longer counts as failed. */
const checkTimeoutMs = 2000
/** Dependencies are asked at most once in this time, however often the server is asked. */
const cacheMs = 1000

export type Readiness = ReturnType<typeof createReadiness>

/**
 * Decides whether this server should get traffic. Logs when a dependency becomes unavailable, and when it is back.
 * @param nowMs a monotonic clock
 */
export function createReadiness(
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>,
  nowMs: () => number = () => performance.now()
) {
  const checks = new Map<string, () => Promise<void>>()
  const optional = new Set<string>()
  const unavailable = new Set<string>()
  let draining = false
  let isFull = () => false
  let latest: { startedAtMs: number; down: Promise<string[]> } | undefined

  /** Returns the names of the dependencies that are down, as of at most `cacheMs` ago. */
  async function findDown(): Promise<string[]> {
    if (!latest || nowMs() - latest.startedAtMs >= cacheMs) {
      const down = Promise.all([...checks].map(async ([name, check]) => ((await isDown(name, check)) ? [name] : [])))
      latest = { startedAtMs: nowMs(), down: down.then(names => names.flat()) }
    }
    return await latest.down
  }

  async function isDown(dependency: string, check: () => Promise<void>): Promise<boolean> {
    try {
      await pTimeout(check(), { milliseconds: checkTimeoutMs, message: 'readiness check timed out' })
      if (unavailable.delete(dependency)) logger.info({ dependency }, 'dependency available again')
      return false
    } catch (err) {
      if (!unavailable.has(dependency)) logger.warn({ err, dependency }, 'dependency unavailable')
      unavailable.add(dependency)
      return true
    }
  }

  return {
    /** Adds a dependency by its name. The check rejects while the dependency is down. */
    add(name: string, check: () => Promise<void>) {
      checks.set(name, check)
      latest = undefined
    },
    /** Adds a dependency without which the server still should get traffic. */
    addOptional(name: string, check: () => Promise<void>) {
      optional.add(name)
      checks.set(name, check)
      latest = undefined
    },
    /** Makes the server not ready for good: it is about to stop. */
    startDraining() {
      draining = true
    },
    isDraining: () => draining,
    /** Binds the check whether the server takes no further sockets. A full server serves the people it has. */
    bindFull(check: () => boolean) {
      isFull = check
    },
    /** Names of the dependencies of this server. */
    dependencies: (): string[] => [...checks.keys()],
    /**
     * Returns why the server is not ready: `draining`, and the dependencies that are down. Empty when it is ready.
     */
    async reasons(): Promise<string[]> {
      const down = await findDown()
      return [...(draining ? ['draining'] : []), ...down.filter(name => !optional.has(name))]
    },
    /** Returns the optional dependencies that are down, and `full` while the server takes no further sockets. */
    async degraded(): Promise<string[]> {
      const down = await findDown()
      return [...(isFull() ? ['full'] : []), ...down.filter(name => optional.has(name))]
    }
  }
}
