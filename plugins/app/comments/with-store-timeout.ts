import pTimeout from 'p-timeout'
import { CodedError } from '../../../contract/errors.ts'
import { storeUnavailable } from '../documents/store-errors.ts'

/** Time that a client waits for the store before it gets UNAVAILABLE. */
const storeTimeoutMs = 5_000

/** Made once: p-timeout would make an error with a stack for each answer, also for one that comes in time. */
const timedOut = new Error('The store did not answer in time.')

/** Returns the answer of the store. Throws UNAVAILABLE when the store fails or does not answer in time. */
export async function withStoreTimeout<T>(answer: Promise<T>, timeoutMs = storeTimeoutMs): Promise<T> {
  try {
    return await pTimeout(answer, { milliseconds: timeoutMs, message: timedOut })
  } catch (error) {
    throw error instanceof CodedError ? error : storeUnavailable()
  }
}
