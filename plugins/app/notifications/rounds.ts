import type { FastifyBaseLogger } from 'fastify'
import type { createFanOut } from './fan-out.ts'
import type { MessageWorker } from './message-worker.ts'

export interface RoundsParts {
  fanOut: ReturnType<typeof createFanOut>
  worker: MessageWorker
  everyMs: number
  log: Pick<FastifyBaseLogger, 'error'>
  /** Ends the requests in progress. */
  closing: AbortController
}

/** Looks for shows that have started and for messages that wait, again and again while the server runs. */
export function createRounds({ fanOut, worker, everyMs, log, closing }: RoundsParts) {
  const { signal } = closing
  const running = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined

  /** Runs a task unless it is running. A failed one runs again in the next round. */
  function start(name: string, task: () => Promise<void>): void {
    if (signal.aborted || running.has(name)) return
    const run = task()
      .catch((err: unknown) => {
        if (!signal.aborted) log.error({ err, task: name }, 'notifications failed, retrying later')
      })
      .finally(() => running.delete(name))
    running.set(name, run)
  }

  function startRound(): void {
    // The followers of one creator may be many pages: their messages go out while the fan-out writes more.
    if (running.has('fan-out')) return start('delivery', worker.fill)
    start('fan-out', async () => {
      try {
        await fanOut.findStarted()
        await fanOut.run(signal)
      } finally {
        start('delivery', worker.fill)
      }
    })
  }

  return {
    open(): void {
      timer = setInterval(startRound, everyMs).unref()
      startRound()
    },

    /** Ends the tasks in progress. Claimed messages go back into the queue, claimed occasions when their lease ends. */
    async close(): Promise<void> {
      clearInterval(timer)
      closing.abort(new Error('the server is shutting down'))
      await Promise.all(running.values())
      await worker.idle()
    }
  }
}
