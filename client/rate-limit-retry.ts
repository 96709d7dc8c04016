import { CodedError } from '../contract/errors.ts'
import type { Clock } from './clock.ts'
import type { SendCommand } from './connection.ts'

const defaultRetryDelayMs = 1000

/**
 * Sends a command once more when it is rate limited, after the delay that the server names. A full stage takes many
 * media commands at once.
 */
export function retryWhenRateLimited(sendCommand: SendCommand, clock: Clock): SendCommand {
  return async (event, payload) => {
    try {
      return await sendCommand(event, payload)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'RATE_LIMITED') throw error
      await new Promise<void>(resolve => {
        clock.after(error.retryAfterMs ?? defaultRetryDelayMs, resolve)
      })
      return await sendCommand(event, payload)
    }
  }
}
