import { CodedError } from '../contract/errors.ts'

/**
 * Runs a mediasoup request and translates its failure. A refusal of what the client sent becomes VALIDATION, with the
 * part of the payload it came from (`path`, a JSON pointer) as its issue. When the object or its worker was closed in
 * the meantime (`isGone`), the request throws UNAVAILABLE: the client may try again.
 */
export async function mediasoupRequest<T>(isGone: () => boolean, path: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (isGone()) throw new CodedError('UNAVAILABLE', 'The audio was reset in the meantime. Try again.')
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

/** Returns VALIDATION for a value that fits its schema and that the media server cannot use. */
export function unusable(path: string, message: string): CodedError {
  const reason = message.slice(0, 200)
  return new CodedError('VALIDATION', `The media server cannot use this: ${reason}`, {
    issues: [{ path, message: reason }]
  })
}
