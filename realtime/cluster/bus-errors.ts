import { CodedError } from '../../contract/errors.ts'

/** Maximum size of one message or entry, in UTF-16 code units: a snapshot of a show with ten thousands of members. */
export const maxMessageLength = 16 * 1024 * 1024

/** Returns the error of a bus that cannot reach the other nodes. */
export function busUnavailable(): CodedError {
  return new CodedError('UNAVAILABLE', 'This node cannot reach the others right now.')
}

/** Returns the error of a message to a node that has left or is lost. */
export function nodeGone(): CodedError {
  return new CodedError('UNAVAILABLE', 'The node that serves this is gone; try again.')
}

/** Throws PAYLOAD_TOO_LARGE when a message is above `maxMessageLength`. */
export function assertMessageSize(message: string): void {
  if (message.length > maxMessageLength) {
    throw new CodedError('PAYLOAD_TOO_LARGE', 'The message between nodes is too large.')
  }
}
