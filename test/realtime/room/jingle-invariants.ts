import assert from 'node:assert/strict'
import { actorIdOf, eventsOf, isHostIn, type Invariants } from './invariant.ts'

/** Invariants of jingles. */
export const jingleInvariants: Invariants = {
  'a jingle starts when a host says so, and ends by itself, with another one, or with the show': step => {
    const { command, before, after } = step
    const [changed, ...more] = eventsOf(step, 'jingle:changed')
    assert.equal(more.length, 0)
    if (after.room.status === 'ended') return assert.equal(after.room.jingle, undefined)
    if (!changed) return assert.deepEqual(after.room.jingle, before.room.jingle)
    const { jingle } = changed
    assert.deepEqual(after.room.jingle ?? null, jingle)
    if (command.type === 'jingle:play') {
      assert.ok(jingle && isHostIn(before.room, jingle.by) && jingle.by === actorIdOf(step))
      return assert.equal(jingle.songId, command.songId)
    }
    if (command.type === 'server:jingleMoved') {
      return assert.deepEqual(jingle, { ...before.room.jingle, producerId: command.producerId })
    }
    assert.ok(command.type === 'server:jingleOver' && jingle === null)
    assert.equal(command.startedAt, before.room.jingle?.startedAt)
  }
}
