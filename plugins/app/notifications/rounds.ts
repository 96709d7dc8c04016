import type { FastifyBaseLogger } from 'fastify'
import type { Slots } from './slots.ts'

export interface RoundsParts {
  /** Names what is repeated, in the log. */
  name: string
  /** Puts what has happened into the queue. */
  find(signal: AbortSignal): Promise<void>
  /** Workers of the queue. */
  workers: readonly Slots[]
  everyMs: number
  log: Pick<FastifyBaseLogger, 'error'>
  /** Ends the requests in progress. */
  closing: AbortController
}

/** Looks for what has happened and for messages that wait, again and again while the server runs. */
export function createRounds({ name, find, workers, everyMs, log, closing }: RoundsParts) {
  const { signal } = closing
  const running = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined

  /** Runs a task unless it is running. A failed one runs again in the next round. */
  function start(task: string, run: () => Promise<void>): void {
    if (signal.aborted || running.has(task)) return
    const started = run()
      .catch((err: unknown) => {
        if (!signal.aborted) log.error({ err, task }, 'notifications failed, retrying later')
      })
      .finally(() => running.delete(task))
    running.set(task, started)
  }

  function deliver(): void {
    for (const [n, { fill }] of workers.entries()) start(`delivery of ${name} ${n}`, fill)
  }

  function startRound(): void {
    // The followers of one creator may be many pages: their messages go out while the queue gets more.
    if (running.has(name)) return deliver()
    start(name, async () => {
      try {
        await find(signal)
      } finally {
        deliver()
      }
    })
  }

  return {
    open(): void {
      timer = setInterval(startRound, everyMs).unref()
      startRound()
    },

    /** Ends the tasks in progress. Claimed messages go back into the queue, others when their lease ends. */
    async close(): Promise<void> {
      clearInterval(timer)
      closing.abort(new Error('the server is shutting down'))
      await Promise.all(running.values())
      await Promise.all(workers.map(async ({ idle }) => await idle()))
    }
  }
}
