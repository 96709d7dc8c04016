import type { FastifyBaseLogger } from 'fastify'
import { CodedError, toWireError } from '../../contract/errors.ts'
import type { Actor, Command } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import { RoomMoved } from '../rooms/room.ts'
import { createAnswers } from './answers.ts'
import type { Homes } from './homes.ts'
import type { Carried } from './room-calls.ts'

/** A command with an id, which another node may send again. */
export interface ForwardedCommand {
  readonly id: string
  readonly actor: Actor
  readonly command: Command
}

/** Carries out forwarded commands at the home, each once. */
export interface HomeCommands {
  /**
   * Runs a command in a room of this node, or returns the answer it got before. `admit` throws the refusal of a command
   * that is not run yet. Never rejects.
   */
  carryOut(
    room: LiveRoom,
    forwarded: ForwardedCommand,
    options?: { onCommitted?: (state: ServerRoomState) => void; admit?: () => void }
  ): Promise<Carried>
  /** Runs something at the home; its errors become refusals. Never rejects. */
  attempt<A>(showId: string, run: () => Promise<A>): Promise<Carried<A>>
}

export interface HomeCommandsParts {
  homes: Pick<Homes, 'findStream'>
  logger: Pick<FastifyBaseLogger, 'error'>
  monotonicMs: () => number
}

export function createHomeCommands({ homes, logger, monotonicMs }: HomeCommandsParts): HomeCommands {
  const answers = createAnswers<Carried>(({ outcome }) => outcome !== 'notHome', monotonicMs)

  async function attempt<A>(showId: string, run: () => Promise<A>): Promise<Carried<A>> {
    try {
      const answer = await run()
      const stream = homes.findStream(showId)
      return { outcome: 'done', token: stream?.token ?? 0, n: stream?.position ?? 0, answer }
    } catch (error) {
      if (error instanceof RoomMoved) return { outcome: 'notHome' }
      if (!(error instanceof CodedError)) logger.error({ err: error, showId }, 'forwarded command failed')
      return { outcome: 'refused', error: toWireError(error) }
    }
  }

  return {
    attempt,
    carryOut: async (room, { id, actor, command }, { onCommitted, admit } = {}) =>
      await answers.once(
        id,
        async () =>
          await attempt(room.showId, async () => {
            if (room.wasCarriedOut(id)) return null
            admit?.()
            await room.command(actor, command, onCommitted, id)
            return null
          })
      )
  }
}
