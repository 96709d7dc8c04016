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
import { createClients } from './clients.ts'
import { takeEffect } from './effects.ts'
import { invariants } from './invariants.ts'
import type { Story } from './moves.ts'
import { expectedRefusal, slowModeLeft } from './oracle.ts'
import { creator, everybody } from './people.ts'
import { play, readBack, replay, type Course, type Step } from './runner.ts'
import { stateView, newWorld, somebody, speakOf, worldView } from './world.ts'

/** Something every show keeps to under the rules; `holds` throws, and tells the story, when one does not. */
export interface Property {
  readonly name: string
  holds(story: Story, rules: readonly Rule[]): void
}

/** A property that looks at every step; what it has to remember is made anew for each show. */
function property(name: string, watching: (story: Story) => (step: Step, course: Course) => void): Property {
  return {
    name,
    holds: (story, rules) => {
      play(story, rules, watching(story))
    }
  }
}

const fits = {
  snapshot: Compile(Snapshot),
  roomEvent: Compile(StampedRoomEvent),
  queueEvent: Compile(StampedQueueEvent)
}

/** The properties of the room, the quickest to find a mistake first. */
export const properties: readonly Property[] = [
  property('every command is answered as the contract says', story => {
    const world = newWorld(story.maxSpeakers)
    return ({ actor, command, at, refusal }) => {
      assert.equal(refusal?.code ?? null, expectedRefusal(world, actor, command, at))
      if (refusal?.code === 'RATE_LIMITED') assert.equal(refusal.retryAfterMs, slowModeLeft(world, actor, at))
      if (!refusal) takeEffect(world, actor, command, at)
    }
  }),

  property('every command does what the contract says; one that changes nothing makes no event', story => {
    const world = newWorld(story.maxSpeakers)
    return ({ actor, command, at, after, refusal, events }) => {
      const before = worldView(world)
      if (!refusal) takeEffect(world, actor, command, at)
      assert.deepEqual(stateView(after), worldView(world))
      if (
        command.type !== 'server:restored' &&
        command.type !== 'comment:send' &&
        isDeepStrictEqual(worldView(world), before)
      ) {
        assert.deepEqual(events, [])
      }
    }
  }),

  ...Object.entries(invariants).map(([name, holds]) => property(name, () => holds)),

  property('clients who were sent the events see what the server sees', () => {
    const clients = createClients()
    return step => clients.follow(step)
  }),

  property('a snapshot fits its schema, survives JSON and says what one may know', story => {
    const world = newWorld(story.maxSpeakers)
    return ({ actor, command, at, after, refusal }) => {
      if (!refusal) takeEffect(world, actor, command, at)
      for (const userId of everybody) {
        const snapshot = snapshotFor(after, userId, at)
        assert.deepEqual(fits.snapshot.Errors(snapshot), [])
        assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot)
        assert.deepEqual(snapshot.me, { role: roleOf(after.room, userId), speak: speakStateOf(after.room, userId) })
        const isHost = userId === creator || somebody(world, userId)!.cohost
        assert.equal(snapshot.me.speak, speakOf(somebody(world, userId)!))
        const told = [...snapshot.queue, ...snapshot.invited].map(entry => entry.userId)
        for (const about of [...told, ...snapshot.commentMutedIds]) assert.ok(isHost || about === userId)
        assert.equal(snapshot.commentMutedIds.includes(userId), somebody(world, userId)!.commentsMuted)
        if (isHost) {
          assert.deepEqual(
            [snapshot.queue, snapshot.invited, snapshot.commentMutedIds],
            [after.room.queue, after.room.invited, after.room.commentMutedIds]
          )
        }
      }
      const listening = [...world.people.values()].filter(
        ({ userId, session }) => session !== null && userId !== creator
      )
      assert.equal(after.listenerCount, listening.length)
    }
  }),

  property('events fit their schemas', () => ({ stamped }) => {
    for (const event of stamped) {
      assert.deepEqual(('version' in event ? fits.roomEvent : fits.queueEvent).Errors(event), [])
    }
  }),

  property('a room is read back from its log as it was', () => ({ after, before, lost }, { show, history }) => {
    assert.deepEqual(loggedPart(readBack(show, history)), loggedPart(after))
    if (lost) assert.deepEqual(loggedPart(before), loggedPart(lost))
  }),

  property('a room is read back from a snapshot and the records behind it as it was', () => {
    let snapshot: { seq: number; state: Record<string, unknown> } = { seq: 0, state: {} }
    return ({ after }, { show, steps, history }) => {
      const stored = fromStored(readBack(show, []), snapshot.state) ?? readBack(show, [])
      assert.deepEqual(loggedPart(replay(stored, history.slice(snapshot.seq))), loggedPart(after))
      if (steps.length % 7 === 0) snapshot = { seq: history.length, ...toStored(after) }
    }
  })
]

/** The part of the state that the log determines. When playback stopped that never played is not in the log. */
function loggedPart({ room, requestCount, bannedIds }: ServerRoomState) {
  const { playback } = room
  return { requestCount, bannedIds: [...bannedIds].sort(), room: { ...room, playback: playback.item && playback } }
}
