import type { Actor, CommandMap, CommandType } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import { isBackstage, isOnAir, type ServerRoomState } from '../server-room-state.ts'

/** Returns the events of an allowed command, in order; none when it changes nothing. `nowMs` is the server's clock. */
export type Decider<C> = (state: ServerRoomState, command: C, actor: Actor, nowMs: number) => readonly ServerRoomEvent[]

/** The deciders of some commands, by command. */
export type Deciders<T extends CommandType = CommandType> = { readonly [K in T]: Decider<CommandMap[K]> }

/** The person a member acts as, with the name and picture others see. */
export interface Profile {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
}

export function profileOf({ userId, displayName, avatarUrl }: Profile): Profile {
  return { userId, displayName, avatarUrl }
}

/** A decider for commands of the system, which change nothing in a show that is not on air. */
export function onAir<C>(decide: Decider<C>): Decider<C> {
  return (state, command, actor, nowMs) => (isOnAir(state) ? decide(state, command, actor, nowMs) : [])
}

/**
 * A decider for commands of the system that count before the start, too. The room of a planned show may be empty for a
 * while: it follows the stored documents even then, since it opens the doors with what it knows.
 */
export function whileOpen<C>(decide: Decider<C>): Decider<C> {
  return (state, command, actor, nowMs) => (state.room.status === 'ended' ? [] : decide(state, command, actor, nowMs))
}

/** A decider for commands of the system that change nothing once the show has started. */
export function whileBackstage<C>(decide: Decider<C>): Decider<C> {
  return (state, command, actor, nowMs) => (isBackstage(state) ? decide(state, command, actor, nowMs) : [])
}

/** A decider for commands that only members send. */
export function byMember<C>(
  decide: (
    state: ServerRoomState,
    command: C,
    actor: Extract<Actor, { kind: 'member' }>,
    nowMs: number
  ) => readonly ServerRoomEvent[]
): Decider<C> {
  return (state, command, actor, nowMs) => (actor.kind === 'member' ? decide(state, command, actor, nowMs) : [])
}

/** The decider of commands that are only checked. */
export const changesNothing = (): readonly ServerRoomEvent[] => []
