import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    readiness: ReturnType<typeof createReadiness>
  }
}

/** A check that takes longer counts as failed. */
const patienceMs = 2000

/** Knows whether this server should get traffic, and why not. Says in the log when a dependency goes away and when it is back. */
export function createReadiness(logger: Pick<FastifyBaseLogger, 'warn' | 'info'>) {
  const checks = new Map<string, () => Promise<void>>()
  const away = new Set<string>()
  let draining = false

  async function failed(dependency: string, check: () => Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('too late')), patienceMs)
    })
    try {
      await Promise.race([check(), late])
      if (away.delete(dependency)) logger.info({ dependency }, 'a dependency is back')
      return false
    } catch (err) {
      if (!away.has(dependency)) logger.warn({ err, dependency }, 'a dependency is away')
      away.add(dependency)
      return true
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    /** A dependency by its name; the check rejects while it is down. */
    add(name: string, check: () => Promise<void>) {
      checks.set(name, check)
    },
    /** From now on the answer is no: the server is about to stop. */
    drain() {
      draining = true
    },
    isDraining: () => draining,
    /** What this server depends on. */
    dependencies: (): string[] => [...checks.keys()],
    /** What keeps the server from being ready; empty when it is. */
    async reasons(): Promise<string[]> {
      const down = await Promise.all(
        [...checks].map(async ([name, check]) => ((await failed(name, check)) ? [name] : []))
      )
      return [...(draining ? ['draining'] : []), ...down.flat()]
    }
  }
}

export default fp(
  async app => {
    const readiness = createReadiness(app.log)
    readiness.add('mongodb', async () => {
      await app.db.command({ ping: 1 })
    })
    readiness.add('media', async () => {
      if (!app.media.hasWorker) throw new Error('no media worker')
    })
    readiness.add('storage', async () => await app.storage.check())
    app.decorate('readiness', readiness)
  },
  { name: 'readiness', dependencies: ['mongodb', 'media', 'storage'] }
)
