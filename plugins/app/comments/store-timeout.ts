import { CodedError } from '../../../contract/errors.ts'

/** How long somebody waits for the store before they are told to try again. */
const patienceMs = 5_000

/** What the store answers, or UNAVAILABLE when it fails or takes too long. */
export async function inPatience<T>(answer: Promise<T>, ms = patienceMs): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(away()), ms)
  try {
    return await Promise.race([answer.catch(asAway), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What people are told when the store does not answer. */
export function away(): CodedError {
  return new CodedError('UNAVAILABLE', 'The store does not answer; try again in a moment.')
}

function asAway(error: unknown): never {
  throw error instanceof CodedError ? error : away()
}
