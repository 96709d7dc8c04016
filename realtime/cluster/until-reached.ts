import { setTimeout as pause } from 'node:timers/promises'
import { CodedError } from '../../contract/errors.ts'
import { forwardTimeoutMs } from './room-calls.ts'

/** Time between two attempts to reach a home that is moving, ms. */
const retryMs = 50

/**
 * Repeats an attempt until it returns something else than null, for 4 s. An attempt that throws UNAVAILABLE is repeated
 * too. Throws UNAVAILABLE at the end, and all other errors of the attempt.
 */
export async function untilReached<T>(
  monotonicMs: () => number,
  attempt: (leftMs: number) => Promise<T | null>
): Promise<T> {
  const deadlineMs = monotonicMs() + forwardTimeoutMs
  for (;;) {
    const leftMs = deadlineMs - monotonicMs()
    if (leftMs <= 0) throw unreachable()
    const answer = await unlessUnavailable(attempt(leftMs))
    if (answer !== null) return answer
    await pause(retryMs)
  }
}

/** Returns null instead of throwing UNAVAILABLE. */
async function unlessUnavailable<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof CodedError && error.code === 'UNAVAILABLE') return null
    throw error
  }
}

function unreachable(): CodedError {
  return new CodedError('UNAVAILABLE', 'The server of this show does not answer; try again in a moment.', {
    retryAfterMs: 1000
  })
}
