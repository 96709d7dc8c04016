import type { types } from 'mediasoup'

/** Time between two questions to a worker. */
const askEveryMs = 2000
/** A worker hangs when it has not answered after this many times. */
const maxMissed = 5

/** How often a worker is asked, and how many times in a row it may miss an answer. */
export interface AnswerLimits {
  readonly askEveryMs: number
  readonly maxMissed: number
}

/**
 * Asks a worker for its resource usage, again and again until it closes. Calls back once when it has stopped answering
 * although its process runs, as in an endless loop. A miss needs a turn of the event loop, in which an answer is read:
 * so a process of ours that was busy or suspended does not take its workers for hung.
 */
export function watchAnswers(
  worker: Pick<types.Worker, 'closed' | 'getResourceUsage'>,
  onHung: () => void,
  limits: AnswerLimits = { askEveryMs, maxMissed }
): void {
  let missed = 0
  let askedAtMs: number | undefined
  const answered = () => {
    askedAtMs = undefined
    missed = 0
  }

  function look(): void {
    if (worker.closed) return clearInterval(timer)
    if (askedAtMs === undefined) {
      askedAtMs = performance.now()
      // A worker that closes rejects: the next turn sees it.
      worker.getResourceUsage().then(answered, answered)
      return
    }
    missed++
    if (missed < limits.maxMissed || performance.now() - askedAtMs < limits.maxMissed * limits.askEveryMs) return
    clearInterval(timer)
    onHung()
  }

  let isDue = false
  const timer = setInterval(() => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      look()
    })
  }, limits.askEveryMs).unref()
}
