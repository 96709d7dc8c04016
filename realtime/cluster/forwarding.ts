import { CodedError, type WireError } from '../../contract/errors.ts'
import type { Actor, Command } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { HomeCommands } from './home-commands.ts'
import type { Peers } from './peers.ts'
import type { ReplicaRoom } from './replica-room.ts'
import type { Carried, HomeResults, NotHome } from './room-calls.ts'
import { untilReached } from './until-reached.ts'

/** The home of a show: a room of this node, or another node. */
export type Location = { readonly room: LiveRoom } | { readonly nodeId: string }

/** Carries commands and questions to the home of a show, wherever it is, and follows it when it moves. */
export interface Forwarding {
  /**
   * Carries out a command exactly once. `onCommitted` runs when the replica of this node has just taken the events in.
   * Throws the refusal; SHOW_NOT_LIVE when the show has no home; UNAVAILABLE after 4 s without an answer, after which
   * the command may still be carried out.
   */
  command(showId: string, actor: Actor, command: Command, onCommitted?: (state: ServerRoomState) => void): Promise<void>
  /**
   * Asks another node that is the home, or returns the room when the home is here. `isSafe`: the question may be asked
   * again when its answer is lost. Throws like `command`.
   */
  ask<K extends keyof HomeResults>(
    showId: string,
    kind: K,
    body: object,
    isSafe: boolean
  ): Promise<{ readonly room: LiveRoom } | { readonly answer: HomeResults[K] }>
  /** Presences whose join is under way: their home may know them before their node does. */
  joining(showId: string): string[]
}

export interface ForwardingParts {
  nodeId: string
  peers: Pick<Peers, 'ask'>
  /** Finds the home of a show; takes over one whose home is gone. */
  locate(showId: string): Promise<Location | undefined>
  findReplica(showId: string): ReplicaRoom | undefined
  /** The state of a show as this node knows it. */
  findState(showId: string): ServerRoomState | undefined
  commands: HomeCommands
  monotonicMs: () => number
}

export function createForwarding(parts: ForwardingParts): Forwarding {
  const { nodeId, peers, locate, findReplica, commands, monotonicMs } = parts
  let count = 0
  const joins = new Map<string, { showId: string; presenceId: string }>()

  async function find(showId: string): Promise<Location> {
    const location = await locate(showId)
    if (!location) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
    return location
  }

  async function command(
    showId: string,
    actor: Actor,
    command: Command,
    onCommitted: (state: ServerRoomState) => void = () => {}
  ): Promise<void> {
    const id = `${nodeId}:${++count}`
    let isCommitted = false
    const commit = (state: ServerRoomState): void => {
      if (!isCommitted) {
        isCommitted = true
        onCommitted(state)
      }
    }
    const replica = findReplica(showId)
    replica?.expect(id, commit)
    if (actor.kind === 'member' && command.type === 'show:join') joins.set(id, { showId, presenceId: actor.presenceId })
    try {
      const done = await untilReached(monotonicMs, async leftMs => {
        const location = await find(showId)
        const carried =
          'room' in location
            ? await commands.carryOut(location.room, { id, actor, command }, { onCommitted: commit })
            : await peers.ask<Carried>(location.nodeId, 'room:command', { showId, id, actor, command }, leftMs)
        return carried.outcome === 'notHome' ? null : { carried, isHere: 'room' in location, leftMs }
      })
      const { token, n } = doneOf(done.carried)
      if (!done.isHere) await replica?.reached(token, n, done.leftMs)
      const state = parts.findState(showId)
      if (state) commit(state)
    } finally {
      replica?.forget(id)
      joins.delete(id)
    }
  }

  return {
    command,
    async ask<K extends keyof HomeResults>(showId: string, kind: K, body: object, isSafe: boolean) {
      const reached = await untilReached(monotonicMs, async leftMs => {
        const location = await find(showId)
        if ('room' in location) return location
        const asking = peers.ask<Carried<HomeResults[K]>>(location.nodeId, kind, { showId, ...body }, leftMs)
        // The error of a question that must not be repeated is its result.
        const carried = await (isSafe
          ? asking
          : asking.catch((error: unknown) => ({ outcome: 'lost', error }) as const))
        return carried.outcome === 'notHome' ? null : { carried }
      })
      if ('room' in reached) return reached
      if (reached.carried.outcome === 'lost') throw reached.carried.error
      return doneOf(reached.carried)
    },
    joining: showId => [...joins.values()].flatMap(join => (join.showId === showId ? [join.presenceId] : []))
  }
}

/** The result. Throws the refusal. */
function doneOf<A>(carried: Exclude<Carried<A>, NotHome>): Extract<Carried<A>, { outcome: 'done' }> {
  if (carried.outcome === 'refused') throw refusalOf(carried.error)
  return carried
}

function refusalOf({ code, message, issues, retryAfterMs }: WireError): CodedError {
  return new CodedError(code, message, {
    ...(issues && { issues }),
    ...(retryAfterMs !== undefined && { retryAfterMs })
  })
}
