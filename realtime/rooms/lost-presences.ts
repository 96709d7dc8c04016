import type { FastifyBaseLogger } from 'fastify'
import pRetry from 'p-retry'
import { CodedError } from '../../contract/errors.ts'
import type { Room } from './room.ts'

/** A presence whose connection is gone. */
export interface LostPresence {
  readonly userId: string
  readonly presenceId: string
}

/** Reports lost connections to rooms, which decide about the person's place. */
export interface LostPresences {
  /** Repeats the report until the home of the show has it, so that nobody stays who is gone. Never rejects. */
  report(room: Room, presence: LostPresence): Promise<void>
  close(): void
}

const maxRetryMs = 5_000

export function createLostPresences(logger: Pick<FastifyBaseLogger, 'error'>): LostPresences {
  const closing = new AbortController()

  return {
    async report(room, { userId, presenceId }) {
      const drop = async () => await room.command({ kind: 'system' }, { type: 'server:dropped', userId, presenceId })
      await pRetry(drop, {
        retries: Infinity,
        minTimeout: 100,
        maxTimeout: maxRetryMs,
        signal: closing.signal,
        shouldRetry: ({ error }) => error instanceof CodedError && error.code === 'UNAVAILABLE'
      }).catch((error: unknown) => {
        if (error instanceof CodedError || closing.signal.aborted) return
        logger.error({ err: error, userId }, 'lost connection not applied to room')
      })
    },
    close: () => closing.abort()
  }
}
