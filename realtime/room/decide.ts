import { apply } from './apply.ts'
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
  const events = eventsOf(command.type, state, command, actor, nowMs)
  const last = events.at(-1)
  if (last?.type === 'show:ended') return endedWithPoll(state, events.slice(0, -1), last, nowMs)
  return events.flatMap(event => withConsequences(state, event))
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

/** Returns the events of the end of a show. It closes the poll that the events before it leave open. */
function endedWithPoll(
  state: ServerRoomState,
  before: readonly ServerRoomEvent[],
  end: ServerRoomEvent,
  nowMs: number
): readonly ServerRoomEvent[] {
  const left = before.reduce((current, event) => apply(current, event, nowMs), state)
  return [...before, ...closed(left, null), end]
}

/**
 * Returns an event with those that follow from it: a song that plays was wanted, and nothing is mixed with a Spotify
 * track in a show that is quiet for it.
 */
function withConsequences(state: ServerRoomState, event: ServerRoomEvent): readonly ServerRoomEvent[] {
  switch (event.type) {
    case 'playback:changed':
      return [...silencedBy(state, event), event, ...settledBy(state, event.playback)]
    case 'settings:changed':
      return [...silencedBy(state, event), event]
    default:
      return [event]
  }
}
