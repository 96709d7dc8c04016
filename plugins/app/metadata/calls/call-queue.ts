import { setTimeout as pause } from 'node:timers/promises'
import { RepositoryUnavailable } from '../metadata-repository.ts'
import type { CallPace, CallSlots } from './call-slots.ts'

/** A call to a repository. It ends when `signal` aborts. `wait` keeps all nodes from calling for some time. */
export type RepositoryCall<T> = (signal: AbortSignal, wait: (pauseMs: number) => void) => Promise<T>

export interface CallQueueParts {
  slots: CallSlots
  pace: Pick<CallPace, 'intervalMs'>
  /** Maximum duration of a call, ms. */
  callTimeoutMs: number
  /** The first call of a question that waits longer is refused, ms. */
  maxTurnMs?: number
  /** Maximum number of waiting calls. */
  maxWaiting?: number
  /** Called with the time that a call waited for its turn. */
  onWaited?(waitedMs: number): void
  /** For tests. */
  random?: () => number
}

interface Waiting {
  readonly sinceMs: number
  /** A call of its question went out already. */
  readonly isFurther: boolean
  run(token: string): Promise<void>
  fail(error: unknown): void
}

const defaultMaxWaiting = 100
const defaultMaxTurnMs = 45_000
/** A call that would wait longer fails instead, with that time. */
const maxWaitMs = 15_000
/** Time after which slots that could not be counted are asked for again. */
const retryMs = 1000
/** A node that has just called lets others go first, so that the nodes take turns. */
const courtesyMs = 15
/** A permission that came later is given back: this process was stopped meanwhile. */
const maxAnswerMs = 1000

export type CallQueue = ReturnType<typeof createCallQueue>

/**
 * Queues the calls of this node to one repository: first come, first served, one at a time. Calls with the same signal
 * are one question: once its first call went out, the others go before those of other questions, so that a question is
 * given up before its first call, and not between.
 */
export function createCallQueue(parts: CallQueueParts) {
  const {
    slots,
    pace,
    callTimeoutMs,
    maxWaiting = defaultMaxWaiting,
    maxTurnMs = defaultMaxTurnMs,
    onWaited = () => {},
    random = Math.random
  } = parts
  const queue: Waiting[] = []
  const begun = new WeakSet<AbortSignal>()
  let isServing = false
  let hasJustCalled = false

  /** Serves the queue until it is empty. */
  async function serve(): Promise<void> {
    if (isServing) return
    isServing = true
    try {
      while (queue.length > 0) await serveNext()
    } finally {
      isServing = false
    }
  }

  async function serveNext(): Promise<void> {
    const askedAtMs = performance.now()
    const answer = await slots.claim().catch(() => null)
    if (answer === null) return failAll(unavailable('its limit cannot be counted', retryMs))
    if ('waitMs' in answer) {
      if (answer.waitMs > maxWaitMs) return failAll(unavailable('it takes no calls for some time', answer.waitMs))
      const furtherMs = hasJustCalled ? courtesyMs * (1 + random()) : 0
      hasJustCalled = false
      return await pause(Math.ceil(answer.waitMs + furtherMs))
    }
    const isLate = performance.now() - askedAtMs > maxAnswerMs
    // Everybody who waited may have left meanwhile.
    const next = isLate ? undefined : queue.shift()
    if (!next) return await slots.finish(answer.token, 0).catch(() => {})
    onWaited(performance.now() - next.sinceMs)
    await next.run(answer.token)
    hasJustCalled = true
  }

  function failAll(error: Error): void {
    for (const { fail } of queue.splice(0)) fail(error)
  }

  return {
    /**
     * Runs a call in its turn.
     * @throws RepositoryUnavailable when its turn is too far, or cannot be known; the reason of the signal
     */
    async run<T>(call: RepositoryCall<T>, signal: AbortSignal): Promise<T> {
      signal.throwIfAborted()
      const isFurther = begun.has(signal)
      if (queue.length >= maxWaiting && !isFurther) throw unavailable('too many calls wait', maxWaitMs)
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const waiting: Waiting = {
        sinceMs: performance.now(),
        isFurther,
        async run(token) {
          begun.add(signal)
          let pauseMs = 0
          try {
            const limit = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)])
            resolve(await call(limit, ms => (pauseMs = Math.max(pauseMs, ms))))
          } catch (error) {
            reject(signal.aborted ? signal.reason : error)
          } finally {
            // Without an answer, the slot becomes free by itself.
            await slots.finish(token, pauseMs).catch(() => {})
          }
        },
        fail: reject
      }
      const leave = (error: unknown) => {
        const place = queue.indexOf(waiting)
        if (place >= 0) queue.splice(place, 1)
        if (place >= 0) reject(error)
      }
      const onAbort = () => leave(signal.reason)
      const giveUp = () => leave(unavailable('its turn is too far', maxTurnMs))
      const timer = isFurther ? undefined : setTimeout(giveUp, maxTurnMs)
      signal.addEventListener('abort', onAbort)
      const place = isFurther ? queue.findIndex(other => !other.isFurther) : -1
      queue.splice(place < 0 ? queue.length : place, 0, waiting)
      serve().catch(reject)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
    },

    /** Returns the time until a call would go out, ms; Infinity while that cannot be known. */
    async spareInMs(): Promise<number> {
      const waitMs = await slots.waitMs().catch(() => Infinity)
      return waitMs + queue.length * pace.intervalMs
    }
  }
}

function unavailable(reason: string, retryAfterMs: number): RepositoryUnavailable {
  return new RepositoryUnavailable(`repository not asked: ${reason}`, { retryAfterMs, wasAsked: false })
}
