import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'

/** A task that runs again and again. Safe to repeat, and to run on several servers at once. */
interface MaintenanceTask {
  name: string
  everyMs: number
  run(): Promise<void>
}

export type Maintenance = ReturnType<typeof createMaintenance>

/**
 * Runs maintenance tasks: each one when it starts, then again at its interval, one task at a time. A task that fails is
 * logged and runs again after its interval.
 */
export function createMaintenance(logger: FastifyBaseLogger) {
  const tasks: MaintenanceTask[] = []
  const queue = new PQueue({ concurrency: 1 })
  const timers = new Set<NodeJS.Timeout>()
  let isClosed = false

  async function run({ name, run }: MaintenanceTask): Promise<void> {
    if (isClosed) return
    try {
      await run()
    } catch (error) {
      logger.error({ err: error, task: name }, 'maintenance task failed')
    }
  }

  async function enqueue(task: MaintenanceTask): Promise<void> {
    await queue.add(async () => await run(task))
    if (isClosed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      enqueue(task)
    }, task.everyMs)
    timers.add(timer.unref())
  }

  return {
    /** Registers a task. It runs for the first time when maintenance starts. */
    every(name: string, everyMs: number, run: () => Promise<void>): void {
      tasks.push({ name, everyMs, run })
    },

    start(): void {
      for (const task of tasks) enqueue(task)
    },

    /** Starts no more tasks and waits for the one in progress. */
    async close(): Promise<void> {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
      await queue.onIdle()
    }
  }
}
