import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance { readiness: ReturnType<typeof createReadiness> }
}

/** A check that takes longer counts as failed. */
const patienceMs = 2000

/** Knows whether this server should get traffic, and why not. */
export function createReadiness () {
  const checks = new Map<string, () => Promise<void>>()
  let draining = false

  async function failed (check: () => Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(new Error('too late')), patienceMs) })
    try {
      await Promise.race([check(), late])
      return false
    } catch {
      return true
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    /** A dependency by its name; the check rejects while it is down. */
    add (name: string, check: () => Promise<void>) { checks.set(name, check) },
    /** From now on the answer is no: the server is about to stop. */
    drain () { draining = true },
    isDraining: () => draining,
    /** What this server depends on. */
    dependencies: (): string[] => [...checks.keys()],
    /** What keeps the server from being ready; empty when it is. */
    async reasons (): Promise<string[]> {
      const down = await Promise.all([...checks].map(async ([name, check]) => await failed(check) ? [name] : []))
      return [...(draining ? ['draining'] : []), ...down.flat()]
    }
  }
}

export default fp(async app => {
  const readiness = createReadiness()
  readiness.add('mongodb', async () => { await app.db.command({ ping: 1 }) })
  readiness.add('media', async () => { if (!app.media.alive) throw new Error('no media worker') })
  readiness.add('storage', async () => await app.storage.check())
  app.decorate('readiness', readiness)
}, { name: 'readiness', dependencies: ['mongodb', 'media', 'storage'] })
