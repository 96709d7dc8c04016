import { CodedError } from '../contract/errors.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './connection.ts'

/** Asks again when the server says too many at once, after the time it names; a full stage is many questions. */
export function patiently(ask: Ask, clock: Clock): Ask {
  return async (event, payload) => {
    try {
      return await ask(event, payload)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'RATE_LIMITED') throw error
      await new Promise<void>(resolve => {
        clock.after(error.retryAfterMs ?? 1000, resolve)
      })
      return await ask(event, payload)
    }
  }
}
