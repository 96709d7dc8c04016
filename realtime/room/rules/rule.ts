import type { ErrorCode } from '../../../contract/errors.ts'
import type { Actor, Command, CommandMap, CommandType } from '../commands.ts'
import type { ServerRoomState } from '../server-room-state.ts'

/** Why a command is not carried out; `retryAfterMs` when waiting helps. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}

/** One rule of the room: what it forbids, for which commands. `nowMs` is the server's clock. */
export interface Rule {
  readonly name: string
  readonly refuses: (state: ServerRoomState, actor: Actor, command: Command, nowMs: number) => Refusal | null
}

/** Defines a rule for some commands: it refuses with this code and message when the condition holds. */
export function rule<const T extends CommandType>(
  name: string,
  types: readonly T[],
  code: ErrorCode,
  message: string,
  isForbidden: (state: ServerRoomState, actor: Actor, command: CommandMap[T]) => boolean
): Rule {
  const isCovered = (command: Command): command is CommandMap[T] => types.some(type => type === command.type)
  const refusal = { code, message }
  return {
    name,
    refuses: (state, actor, command) => (isCovered(command) && isForbidden(state, actor, command) ? refusal : null)
  }
}

/** Defines a rule that refuses with RATE_LIMITED until `waitMs` is 0 or less. */
export function waitingRule(
  name: string,
  type: CommandType,
  message: string,
  waitMs: (state: ServerRoomState, actor: Actor, nowMs: number) => number
): Rule {
  return {
    name,
    refuses(state, actor, command, nowMs) {
      const retryAfterMs = command.type === type ? waitMs(state, actor, nowMs) : 0
      return retryAfterMs > 0 ? { code: 'RATE_LIMITED', message, retryAfterMs } : null
    }
  }
}
