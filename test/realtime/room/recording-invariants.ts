import assert from 'node:assert/strict'
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

  'a show that is interrupted, or whose home moves, is recorded on': ({ command, before, after }) => {
    const isOnAir = after.room.status === 'live' || after.room.status === 'interrupted'
    const changes: readonly string[] = ['recording:set', 'server:recordingFailed', 'show:start']
    if (isOnAir && !changes.includes(command.type)) assert.deepEqual(after.room.recording, before.room.recording)
  }
}
