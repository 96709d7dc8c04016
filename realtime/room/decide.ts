import type { Actor, Command, CommandMap, CommandType } from './commands.ts'
import { deciders } from './deciders.ts'
import { silencedBy } from './deciders/jingles.ts'
import { closed } from './deciders/polls.ts'
import { settledBy } from './deciders/song-requests.ts'
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
  if (!Object.hasOwn(deciders, command.type)) return unknownCommand
  for (const rule of rules) {
    const refusal = rule.refuses(state, actor, command, nowMs)
    if (refusal) return refusal
  }
  return eventsOf(command.type, state, command, actor, nowMs).flatMap(event => withConsequences(state, event))
}

/** A node of a later build has forwarded a command to the home of the show. */
const unknownCommand: Refusal = {
  code: 'UNAVAILABLE',
  message: 'The server of this show cannot do this yet. Try again later.'
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

/**
 * Returns an event with those that follow from it: the end of a show closes its poll, a song that plays was wanted, and
 * nothing is mixed with a Spotify track in a show that is quiet for it.
 */
function withConsequences(state: ServerRoomState, event: ServerRoomEvent): readonly ServerRoomEvent[] {
  switch (event.type) {
    case 'show:ended':
      return [...closed(state, null), event]
    case 'playback:changed':
      return [...silencedBy(state, event), event, ...settledBy(state, event.playback)]
    case 'settings:changed':
      return [...silencedBy(state, event), event]
    default:
      return [event]
  }
}
