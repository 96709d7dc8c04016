import { CodedError } from '../../contract/errors.ts'

export function voiceNotFound(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such producer.')
}

/**
 * Returns what a client learns when a voice of another node cannot be received: only whether to try again. An ended
 * show has no voices. `onUnexpected` receives the errors that are none of these.
 */
export function voiceRefusal(error: unknown, onUnexpected: (error: unknown) => void): CodedError {
  const code = error instanceof CodedError ? error.code : 'INTERNAL'
  if (code === 'NOT_FOUND' || code === 'SHOW_ENDED' || code === 'SHOW_NOT_LIVE') return voiceNotFound()
  if (code !== 'UNAVAILABLE') onUnexpected(error)
  return new CodedError('UNAVAILABLE', 'This audio is not available at the moment. Try again.')
}
