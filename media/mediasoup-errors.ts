import { CodedError } from '../contract/errors.ts'

/**
 * Carries out something mediasoup may refuse. What it refuses because of what the client sent is VALIDATION, with the part of the
 * payload it came from (`path`, a JSON pointer) as its issue; what fails because the object or its worker is gone meanwhile is
 * UNAVAILABLE, and trying again is right.
 */
export async function refusable<T>(isGone: () => boolean, path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (isGone()) throw new CodedError('UNAVAILABLE', 'The audio was reset meanwhile; try again.')
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

/** VALIDATION for what fits its schema and is of no use to the media server. */
export function unusable(path: string, message: string): CodedError {
  const why = message.slice(0, 200)
  return new CodedError('VALIDATION', `The media server can't use this: ${why}`, { issues: [{ path, message: why }] })
}
