import type { ListenerSource } from '../contract/audience-events.ts'
import type { AckData } from '../contract/client-events.ts'
import { CodedError } from '../contract/errors.ts'
import type { ReceiveOrder } from '../contract/reception.ts'
import type { SendCommand } from './connection.ts'

/** A join with everything that the client can say. */
export interface JoinOrder {
  showId: string
  /** The way in which the user found the show. */
  source?: ListenerSource | undefined
  /** Whether the user comes before the start, if they may. */
  backstage?: boolean | undefined
  /** The capabilities to receive at once. */
  receive?: ReceiveOrder | undefined
  /** The levels that it wants, see `wantedLevels`. */
  levels?: boolean | undefined
}

/**
 * Joins a show. An older server refuses fields that it does not know: then the user joins without `receive` and
 * `levels`, and without `source`. Throws the refusal.
 */
export async function sendJoin(
  sendCommand: SendCommand,
  { showId, source, backstage, receive, levels }: JoinOrder
): Promise<AckData<'show:join'>> {
  const withSource = { showId, ...(source && { source }) }
  // A server without backstage refuses the field. Then the user joins once the show is live.
  const whole = {
    ...withSource,
    ...(backstage && { backstage }),
    ...(receive && { receive }),
    ...(levels !== undefined && { levels })
  }
  const hasMore = backstage === true || receive !== undefined || levels !== undefined
  const attempts = [...(hasMore ? [whole] : []), ...(source ? [withSource] : [])]
  for (const payload of attempts) {
    try {
      return await sendCommand('show:join', payload)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'VALIDATION') throw error
    }
  }
  return await sendCommand('show:join', { showId })
}
