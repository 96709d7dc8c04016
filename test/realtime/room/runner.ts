import type { RoomRecord, StampedEvent } from '../../../contract/room-events.ts'
import { apply } from '../../../realtime/room/apply.ts'
import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { isLogged, stamp, type ServerRoomEvent } from '../../../realtime/room/events.ts'
import { openingState, type ShowFacts } from '../../../realtime/room/opening-state.ts'
import type { Refusal, Rule } from '../../../realtime/room/rules/rule.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { actorOf, commandOf, createIdentities } from './completion.ts'
import { limits, showWith } from './people.ts'
import type { Scenario } from './scenario.ts'

/** The result of one step of a scenario. */
export interface Step {
  readonly actor: Actor
  readonly command: Command
  readonly at: number
  /** The room that the command met; after a restart, the restored one. */
  readonly before: ServerRoomState
  readonly after: ServerRoomState
  readonly refusal: Refusal | null
  readonly events: readonly ServerRoomEvent[]
  /** The events as clients receive them. */
  readonly stamped: readonly StampedEvent[]
  /** The room in memory when the server crashed, if this step restarts it. */
  readonly stateBeforeRestart: ServerRoomState | null
}

/** A scenario that runs: its steps so far, and the log. */
export interface Run {
  readonly show: ShowFacts
  readonly steps: readonly Step[]
  readonly log: readonly RoomRecord[]
}

/**
 * Runs a scenario by the rules and reports every step. An error of `onStep` is thrown with a description of all steps.
 */
export function runScenario(
  { maxSpeakers, record, steps: scenarioSteps }: Scenario,
  rules: readonly Rule[],
  onStep: (step: Step, run: Run) => void
): Run {
  let show = showWith(maxSpeakers, record)
  const steps: Step[] = []
  const log: RoomRecord[] = []
  const identities = createIdentities()
  let at = 1_000_000
  let state: ServerRoomState = {
    ...createServerRoomState(openingState(show, at), limits, show.playlist.items),
    showVersion: show.version
  }

  for (const { waitMs, sender, intent } of scenarioSteps) {
    at += waitMs
    let stateBeforeRestart: ServerRoomState | null = null
    const isRestoring = intent.type === 'restart' || intent.type === 'move'
    if (isRestoring && isOnAir(state)) {
      stateBeforeRestart = state
      const { room, ...restored } = restoredFromLog(show, log)
      // The log of a show that never played anything does not say since when nothing plays.
      const playback = room.playback.item ? room.playback : state.room.playback
      state = { ...restored, room: { ...room, playback }, visitorIds: state.visitorIds }
    }
    const actor = isRestoring ? ({ kind: 'system' } as const) : actorOf(sender, intent, state, identities)
    const command = commandOf(intent, state, identities, stateBeforeRestart)
    const before = state
    const decision = decide(state, actor, command, at, rules)
    const refusal = isRefusal(decision) ? decision : null
    const events = isRefusal(decision) ? [] : decision
    const stamped: StampedEvent[] = []
    if (command.type === 'server:renamed' && !refusal && state.room.status !== 'ended') identities.rename(command)
    for (const event of events) {
      if (isLogged(event)) {
        stamped.push(stamp(state.room, event, at))
        log.push({ seq: log.length + 1, at, event })
      }
      if (event.type === 'playlist:loaded') {
        show = { ...show, playlist: { version: state.room.playlistVersion + 1, items: [...event.items] } }
      }
      state = apply(state, event, at)
    }
    const step = { actor, command, at, before, after: state, refusal, events, stamped, stateBeforeRestart }
    steps.push(step)
    try {
      onStep(step, { show, steps, log })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new Error(`${message}\n${steps.map(describeStep).join('\n')}`, { cause: error })
    }
  }
  return { show, steps, log }
}

/** The state after these records. */
export function replay(state: ServerRoomState, records: readonly RoomRecord[]): ServerRoomState {
  return records.reduce((before, { event, at }) => apply(before, event, at), state)
}

/** The room that the log restores. */
export function restoredFromLog(show: ShowFacts, log: readonly RoomRecord[]): ServerRoomState {
  return replay(createServerRoomState(openingState(show, 0), limits, show.playlist.items), log)
}

const isOnAir = ({ room }: ServerRoomState) => room.status === 'live' || room.status === 'interrupted'

function describeStep({ actor, command: { type, ...rest }, at, refusal, events }: Step): string {
  const outcome = refusal ? refusal.code : events.map(describeEvent).join(', ') || 'nothing'
  return `${at} ${describeActor(actor)}: ${type} ${JSON.stringify(rest)} → ${outcome}`
}

function describeActor(actor: Actor): string {
  if (actor.kind === 'system') return 'the system'
  return actor.kind === 'member' ? actor.presenceId : `${actor.kind} ${actor.userId}`
}

function describeEvent(event: ServerRoomEvent): string {
  return 'userId' in event ? `${event.type}(${event.userId})` : event.type
}
