import assert from 'node:assert/strict'
import { actorIdOf, eventsOf, isHostIn, type Invariants } from './invariant.ts'

/** Invariants of the level of songs. */
export const songLevelInvariants: Invariants = {
  'the level of songs changes when a host says so, and only then': step => {
    const { command, before, after } = step
    const changes = eventsOf(step, 'songLevel:changed')
    const levels = [before.room.songLevelDb ?? 0, after.room.songLevelDb ?? 0]
    assert.equal(changes.length, levels[0] === levels[1] ? 0 : 1)
    for (const { levelDb, by } of changes) {
      assert.ok(command.type === 'playback:level' && isHostIn(before.room, by) && by === actorIdOf(step))
      assert.deepEqual([command.levelDb, after.room.songLevelDb], [levelDb, levelDb])
    }
  }
}
