import { CodedError } from '../contract/errors.ts'

/**
 * Carries out something mediasoup may refuse. What it refuses because of what the client sent is VALIDATION; what fails
 * because the object or its worker is gone meanwhile is UNAVAILABLE, and trying again is right.
 */
export async function refusable<T> (isGone: () => boolean, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (isGone()) throw new CodedError('UNAVAILABLE', 'The audio was reset meanwhile; try again.')
    const message = error instanceof Error ? error.message : String(error)
    throw new CodedError('VALIDATION', `The media server can't use this: ${message.slice(0, 200)}`)
  }
}
