import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'

/** How long a command waits for its events to be stored before it is answered UNAVAILABLE. */
const patienceMs = 5_000
const firstRetryMs = 100
const longestRetryMs = 5_000

/** A room's way to the store: writes go out one after the other, in order, off the path of audio and events. */
export interface RoomLog {
  /** Queues a write. It is tried until it succeeds, so it must be safe to repeat. */
  write(what: string, task: () => Promise<unknown>): void
  /** How many writes are queued or under way. */
  readonly pending: number
  /** Resolves when everything queued so far is stored; UNAVAILABLE when that takes too long, or was given up. */
  stored(): Promise<void>
  /** Gives up waiting between retries; what is queued gets one more try. */
  close(): Promise<void>
}

export function createRoomLog(logger: FastifyBaseLogger): RoomLog {
  let tail: Promise<void> = Promise.resolve()
  let pending = 0
  let lost = false
  const closing = new AbortController()

  async function persist(what: string, task: () => Promise<unknown>): Promise<void> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      try {
        await task()
        return
      } catch (error) {
        if (closing.signal.aborted) {
          logger.error(
            { err: error, what },
            "the store did not take a room's write, and it is given up: the room closes"
          )
          lost = true
          return
        }
        logger.warn({ err: error, what }, "the store did not take a room's write; trying again")
        await pause(waitMs, closing.signal)
      }
    }
  }

  return {
    write(what, task) {
      pending++
      tail = tail
        .then(async () => await persist(what, task))
        .finally(() => {
          pending--
        })
    },
    get pending() {
      return pending
    },
    async stored() {
      await inTime(tail)
      if (lost) throw notStored()
    },
    async close() {
      closing.abort()
      await tail
    }
  }
}

function notStored(): CodedError {
  return new CodedError('UNAVAILABLE', 'This happened, but could not be stored yet; check and try again.')
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true }
    )
  })
}

async function inTime(stored: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(notStored()), patienceMs)
  })
  try {
    await Promise.race([stored, late])
  } finally {
    clearTimeout(timer)
  }
}
