import type { Actor, Command } from './commands.ts'
import type { House, HouseEvent } from './server-room-state.ts'
import { outcomeOf } from './outcomes.ts'
import { rules as table, type Refusal, type Rule } from './rules.ts'

export type Decision = readonly HouseEvent[] | Refusal

/** Whether a decision refuses. */
export function isRefusal(decision: Decision): decision is Refusal {
  return !Array.isArray(decision)
}

/**
 * What comes of a command: the events it makes, in order (none when it changes nothing), or the refusal of the first
 * rule that forbids it. Pure; `nowMs` is the server's clock. Every rule is in the table, what follows is in `outcomes`.
 */
export function decide(
  house: House,
  actor: Actor,
  command: Command,
  nowMs: number,
  rules: readonly Rule[] = table
): Decision {
  for (const rule of rules) {
    const refusal = rule.refuses(house, actor, command, nowMs)
    if (refusal) return refusal
  }
  return outcomeOf(house, actor, command, nowMs)
}
