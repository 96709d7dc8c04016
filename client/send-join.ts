import type { ListenerSource } from '../contract/audience-events.ts'
import type { AckData } from '../contract/client-events.ts'
import { CodedError } from '../contract/errors.ts'
import type { SendCommand } from './connection.ts'

/**
 * Joins a show and says how the user found it. A server from before `source` refuses it: then the user joins without.
 * Throws the refusal.
 */
export async function sendJoin(
  sendCommand: SendCommand,
  showId: string,
  source: ListenerSource | undefined
): Promise<AckData<'show:join'>> {
  if (source !== undefined) {
    try {
      return await sendCommand('show:join', { showId, source })
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'VALIDATION') throw error
    }
  }
  return await sendCommand('show:join', { showId })
}
