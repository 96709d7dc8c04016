import type { Actor, Command, CommandMap, CommandType } from './commands.ts'
import { deciders } from './deciders.ts'
import type { ServerRoomEvent } from './events.ts'
import type { Refusal, Rule } from './rules/rule.ts'
import { rules as allRules } from './rules.ts'
import type { ServerRoomState } from './server-room-state.ts'

export type Decision = readonly ServerRoomEvent[] | Refusal

/** Whether a decision refuses the command. */
export function isRefusal(decision: Decision): decision is Refusal {
  return !Array.isArray(decision)
}

/**
 * Returns the events of a command, in order (none when it changes nothing), or the refusal of the first rule that
 * forbids it. Pure; `nowMs` is the server's clock.
 */
export function decide(
  state: ServerRoomState,
  actor: Actor,
  command: Command,
  nowMs: number,
  rules: readonly Rule[] = allRules
): Decision {
  for (const rule of rules) {
    const refusal = rule.refuses(state, actor, command, nowMs)
    if (refusal) return refusal
  }
  return eventsOf(command.type, state, command, actor, nowMs)
}

function eventsOf<T extends CommandType>(
  type: T,
  state: ServerRoomState,
  command: CommandMap[T],
  actor: Actor,
  nowMs: number
): readonly ServerRoomEvent[] {
  return deciders[type](state, command, actor, nowMs)
}
