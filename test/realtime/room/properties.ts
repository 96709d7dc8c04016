import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { Compile } from 'typebox/compile'
import { roleOf, speakStateOf } from '../../../contract/room.ts'
import { StampedQueueEvent, StampedRoomEvent } from '../../../contract/room-events.ts'
import { Snapshot } from '../../../contract/snapshot.ts'
import type { Rule } from '../../../realtime/room/rules/rule.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { snapshotFor } from '../../../realtime/room/snapshot.ts'
import { fromStored, toStored } from '../../../realtime/room/stored-state.ts'
import { backstageProperty } from './backstage-property.ts'
import { createClients } from './clients.ts'
import { expectedRefusal, slowModeWaitMs } from './expected-refusal.ts'
import { invariants } from './invariants.ts'
import { applyToModel } from './model-effects.ts'
import { creator, everybody } from './people.ts'
import { rareStates } from './rare-states.ts'
import { findPerson, newRoomModel, speakStateOf as modelSpeakStateOf, viewOfModel, viewOfState } from './room-model.ts'
import { replay, restoredFromLog, runScenario, type Run, type Step } from './runner.ts'
import type { Scenario } from './scenario.ts'

/**
 * A statement that holds for every show under the rules. `holds` throws a description of the scenario for which it does
 * not.
 */
export interface Property {
  readonly name: string
  holds(scenario: Scenario, rules: readonly Rule[]): void
}

/** A property that checks every step. `createCheck` is called once per show. */
function property(name: string, createCheck: (scenario: Scenario) => (step: Step, run: Run) => void): Property {
  return {
    name,
    holds: (scenario, rules) => {
      runScenario(scenario, rules, createCheck(scenario))
    }
  }
}

const schemas = {
  snapshot: Compile(Snapshot),
  roomEvent: Compile(StampedRoomEvent),
  queueEvent: Compile(StampedQueueEvent)
}

/** The properties of the room. Those that find a mistake fastest come first. */
export const properties: readonly Property[] = [
  property('every command is accepted or refused as the contract says', scenario => {
    const model = newRoomModel(scenario)
    return ({ actor, command, at, refusal }) => {
      assert.equal(refusal?.code ?? null, expectedRefusal(model, actor, command, at))
      if (refusal?.code === 'RATE_LIMITED') assert.equal(refusal.retryAfterMs, slowModeWaitMs(model, actor, at))
      if (!refusal) applyToModel(model, actor, command, at)
    }
  }),

  rareStates,

  backstageProperty,

  property('every command has the effect that the contract says, and one without an effect has no event', scenario => {
    const model = newRoomModel(scenario)
    return ({ actor, command, at, after, refusal, events }) => {
      const before = viewOfModel(model)
      if (!refusal) applyToModel(model, actor, command, at)
      assert.deepEqual(viewOfState(after), viewOfModel(model))
      if (
        command.type !== 'server:restored' &&
        command.type !== 'comment:send' &&
        command.type !== 'server:commentApproved' &&
        isDeepStrictEqual(viewOfModel(model), before)
      ) {
        assert.deepEqual(events, [])
      }
    }
  }),

  ...Object.entries(invariants).map(([name, holds]) => property(name, () => holds)),

  property('clients that apply the events they receive have the same room as the server', () => {
    const clients = createClients()
    return step => clients.follow(step)
  }),

  property('a snapshot fits its schema, survives JSON and holds only what the person may see', scenario => {
    const model = newRoomModel(scenario)
    return ({ actor, command, at, after, refusal }) => {
      if (!refusal) applyToModel(model, actor, command, at)
      for (const userId of everybody) {
        const person = findPerson(model, userId)!
        const snapshot = snapshotFor(after, userId, at)
        assert.deepEqual(schemas.snapshot.Errors(snapshot), [])
        assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot)
        assert.deepEqual(snapshot.me, { role: roleOf(after.room, userId), speak: speakStateOf(after.room, userId) })
        assert.equal(snapshot.me.speak, modelSpeakStateOf(person))
        const isHost = userId === creator || person.isCohost
        const waitingIds = [...snapshot.queue, ...snapshot.invited].map(entry => entry.userId)
        for (const otherId of [...waitingIds, ...snapshot.commentMutedIds]) assert.ok(isHost || otherId === userId)
        assert.equal(snapshot.commentMutedIds.includes(userId), person.commentsMuted)
        if (isHost) {
          assert.deepEqual(
            [snapshot.queue, snapshot.invited, snapshot.commentMutedIds],
            [after.room.queue, after.room.invited, after.room.commentMutedIds]
          )
        }
      }
      const listening = [...model.people.values()].filter(
        ({ userId, presenceId }) => presenceId !== null && userId !== creator
      )
      assert.equal(after.listenerCount, listening.length)
    }
  }),

  property('every event fits its schema', () => ({ stamped }) => {
    for (const event of stamped) {
      assert.deepEqual(('version' in event ? schemas.roomEvent : schemas.queueEvent).Errors(event), [])
    }
  }),

  property('the log restores the room as it was', () => ({ after, before, stateBeforeRestart }, { show, log }) => {
    assert.deepEqual(loggedPart(restoredFromLog(show, log)), loggedPart(after))
    if (stateBeforeRestart) assert.deepEqual(loggedPart(before), loggedPart(stateBeforeRestart))
  }),

  property('a snapshot and the records behind it restore the room as it was', () => {
    let snapshot: { seq: number; state: Record<string, unknown> } = { seq: 0, state: {} }
    return ({ after }, { show, steps, log }) => {
      const opening = restoredFromLog(show, [])
      const stored = fromStored(opening, snapshot.state) ?? opening
      assert.deepEqual(loggedPart(replay(stored, log.slice(snapshot.seq))), loggedPart(after))
      if (steps.length % 7 === 0) snapshot = { seq: log.length, ...toStored(after) }
    }
  })
]

/**
 * The part of the state that the log determines. The log of a show that never played anything does not say since when
 * nothing plays.
 */
function loggedPart({ room, requestCount, bannedIds }: ServerRoomState) {
  const { playback } = room
  return { requestCount, bannedIds: [...bannedIds].sort(), room: { ...room, playback: playback.item && playback } }
}
