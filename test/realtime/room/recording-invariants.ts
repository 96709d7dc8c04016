import assert from 'node:assert/strict'
import type { RoomState } from '../../../contract/room.ts'
import { actorIdOf, eventsOf, isHostIn, type Invariants } from './invariant.ts'

/** Invariants of the recording. */
export const recordingInvariants: Invariants = {
  'a recording starts with the show by its setting, or when a host says so, and its event names the host': step => {
    const { command, before } = step
    const [started, ...more] = eventsOf(step, 'recording:started')
    if (!started) return
    assert.equal(more.length, 0)
    assert.equal(before.room.recording, undefined)
    if (command.type === 'show:start') {
      assert.ok(before.room.settings.record === true)
      return assert.equal(started.by, null)
    }
    assert.ok(command.type === 'recording:set' && command.on)
    assert.ok(isHostIn(before.room, started.by) && started.by === actorIdOf(step))
  },

  'a recording stops when a host says so, when there is no space left, and with the show': step => {
    const { command, before, after, at } = step
    const stopped = eventsOf(step, 'recording:stopped')
    const isOver = before.room.recording !== undefined && after.room.recording === undefined
    assert.equal(stopped.length, isOver && after.room.status !== 'ended' ? 1 : 0)
    for (const { by, reason } of stopped) {
      if (command.type === 'server:recordingFailed') {
        assert.deepEqual([by, reason], [null, command.reason])
        assert.equal(command.startedAt, before.room.recording?.startedAt)
      } else {
        assert.ok(command.type === 'recording:set' && !command.on && isHostIn(before.room, by))
        assert.deepEqual([by, reason], [actorIdOf(step), 'host'])
      }
    }
    const { recording, status } = after.room
    if (status === 'ended') assert.equal(recording, undefined)
    if (before.room.recording && recording) assert.deepEqual(recording, before.room.recording)
    else if (recording) assert.equal(recording.startedAt, at)
  },

  'changed settings neither start nor stop a recording': ({ command, before, after }) => {
    if (command.type === 'server:showEdited') assert.deepEqual(after.room.recording, before.room.recording)
  },

  'hosts learn whose voice is not recorded, until it is, or this voice or this recording ends': step => {
    const { command, before, after } = step
    const unrecorded = after.room.unrecordedIds ?? []
    const wasUnrecorded = (userId: string) => before.room.unrecordedIds?.includes(userId) ?? false
    const producerOf = ({ stage }: RoomState, userId: string) =>
      stage.find(member => member.userId === userId)?.producerId ?? null
    assert.equal(new Set(unrecorded).size, unrecorded.length)
    for (const userId of unrecorded) {
      assert.ok(after.room.recording)
      assert.notEqual(producerOf(after.room, userId), null)
      if (wasUnrecorded(userId)) {
        assert.equal(producerOf(before.room, userId), producerOf(after.room, userId))
        assert.deepEqual(before.room.recording, after.room.recording)
      } else assert.ok(command.type === 'server:voiceRecorded' && !command.recorded && command.userId === userId)
    }
    for (const { userId, recorded } of eventsOf(step, 'voice:recorded')) {
      assert.ok(command.type === 'server:voiceRecorded')
      assert.equal(recorded, wasUnrecorded(userId))
      assert.equal(command.startedAt, before.room.recording?.startedAt)
      assert.equal(command.producerId, producerOf(before.room, userId))
    }
  },

  'a show that is interrupted, or whose home moves, is recorded on': ({ command, before, after }) => {
    const isOnAir = after.room.status === 'live' || after.room.status === 'interrupted'
    const changes: readonly string[] = ['recording:set', 'server:recordingFailed', 'show:start']
    if (isOnAir && !changes.includes(command.type)) assert.deepEqual(after.room.recording, before.room.recording)
  }
}
