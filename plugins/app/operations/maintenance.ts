import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Something that is done again and again; safe to repeat, and beside other servers. */
interface Chore {
  name: string
  everyMs: number
  run(): Promise<void>
}

/** Does chores: all of them at once when it begins, then each in its time, never one beside itself. A failure is logged, and tried again next time. */
export function createUpkeep(chores: readonly Chore[], logger: FastifyBaseLogger) {
  const timers = new Set<NodeJS.Timeout>()
  let running: Promise<void> = Promise.resolve()
  let closed = false

  async function run({ name, run }: Chore): Promise<void> {
    if (closed) return
    try {
      await run()
    } catch (error) {
      logger.error({ err: error, chore: name }, 'a chore was not done')
    }
  }

  function queue(chore: Chore): void {
    running = running.then(async () => await run(chore))
    running.then(() => {
      if (closed) return
      const timer = setTimeout(() => {
        timers.delete(timer)
        queue(chore)
      }, chore.everyMs)
      timers.add(timer.unref())
    })
  }

  return {
    begin(): void {
      for (const chore of chores) queue(chore)
    },

    /** Begins nothing more, and waits for what is being done. */
    async close(): Promise<void> {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      await running
    }
  }
}

/** What is over is removed, and what was begun is finished: when the server listens, and from time to time. */
export default fp(
  async app => {
    const upkeep = createUpkeep(
      [
        { name: 'finish erasures', everyMs: minuteMs, run: async () => await app.erasure.resume() },
        { name: 'remove sessions that are over', everyMs: hourMs, run: async () => await app.sessions.removeOver() },
        { name: 'erase guests who are gone', everyMs: hourMs, run: async () => await app.erasure.eraseGoneGuests() }
      ],
      app.log.child({ part: 'upkeep' })
    )
    app.addHook('onListen', async () => upkeep.begin())
    app.addHook('onClose', async () => await upkeep.close())
  },
  { name: 'upkeep', dependencies: ['erasure', 'sessions'] }
)
