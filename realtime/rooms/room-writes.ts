import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import pRetry from 'p-retry'
import pTimeout from 'p-timeout'
import { CodedError } from '../../contract/errors.ts'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'

/** The time that a command waits for its events to be stored before it is answered UNAVAILABLE. */
const storedTimeoutMs = 5_000
/** Writes that may wait before further commands are answered UNAVAILABLE. */
const maxPending = 500
const defaultMinRetryMs = 100
const maxRetryMs = 5_000

/** A room's writes to the store: one after the other, in order, outside of the room's turns. */
export interface RoomWrites {
  /**
   * Queues a write. It is retried until it succeeds, so it must be safe to repeat. After a lost write nothing is
   * written.
   */
  add(what: string, write: () => Promise<unknown>): void
  /** Writes queued or running. */
  readonly pending: number
  /**
   * Checks before a command is decided that its events can be stored. Throws UNAVAILABLE while too many writes wait,
   * and after a lost write.
   */
  assertAccepting(): void
  /**
   * Resolves when everything queued so far is stored. Throws UNAVAILABLE after `storedTimeoutMs`, or when a write was
   * lost.
   */
  stored(): Promise<void>
  /** Ends the retries: a write that still fails is lost, with all that follow it. Resolves when no write is left. */
  close(): Promise<void>
}

export interface RoomWritesParts {
  logger: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** A write was lost: LogConflict when another writer took the log. Called once; nothing is written afterwards. */
  onLost(error: unknown): void
  /** Time before the first retry, ms; it doubles with every further one. */
  minRetryMs?: number
}

export function createRoomWrites({ logger, onLost, minRetryMs = defaultMinRetryMs }: RoomWritesParts): RoomWrites {
  const queue = new PQueue({ concurrency: 1 })
  const closing = new AbortController()
  let last: Promise<void> = Promise.resolve()
  let isLost = false

  function lose(what: string, error: unknown): void {
    isLost = true
    logger.error({ err: error, what }, error instanceof LogConflict ? 'log conflict' : 'write lost')
    onLost(error)
  }

  async function run(what: string, write: () => Promise<unknown>): Promise<void> {
    if (isLost) return
    try {
      await pRetry(write, {
        retries: Infinity,
        minTimeout: minRetryMs,
        maxTimeout: maxRetryMs,
        signal: closing.signal,
        shouldRetry: ({ error }) => !(error instanceof LogConflict),
        onFailedAttempt: ({ error }) => logger.warn({ err: error, what }, 'write failed')
      })
    } catch (error) {
      if (!closing.signal.aborted) return lose(what, error)
      // Closing ended the retries, also before the first attempt; the write gets one more.
      await write().catch((finalError: unknown) => lose(what, finalError))
    }
  }

  return {
    add(what, write) {
      last = queue.add(async () => await run(what, write))
    },
    get pending() {
      return queue.size + queue.pending
    },
    assertAccepting() {
      if (!isLost && queue.size + queue.pending <= maxPending) return
      throw new CodedError('UNAVAILABLE', 'The server cannot store more events now. Try again in a moment.', {
        retryAfterMs: maxRetryMs
      })
    },
    async stored() {
      await pTimeout(last, { milliseconds: storedTimeoutMs, message: notStored() })
      if (isLost) throw notStored()
    },
    async close() {
      closing.abort()
      await queue.onIdle()
    }
  }
}

function notStored(): CodedError {
  return new CodedError('UNAVAILABLE', 'This happened, but could not be stored yet; check and try again.')
}
