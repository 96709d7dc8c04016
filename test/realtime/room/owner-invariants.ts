import assert from 'node:assert/strict'
import { actorIdOf, eventsOf, isHostIn, ownerIn, type Invariants } from './invariant.ts'
import { creator } from './people.ts'

/** Invariants of who runs the room. */
export const ownerInvariants: Invariants = {
  'the owner hands the show over to a connected host, and without its owner the room goes back to its creator':
    step => {
      const { before, after, command } = step
      const [event, ...more] = eventsOf(step, 'show:handedOver')
      if (after.room.status === 'ended') return assert.equal(event, undefined)
      assert.equal(event !== undefined, ownerIn(before.room) !== ownerIn(after.room))
      if (!event) return
      assert.deepEqual([more.length, event.userId], [0, ownerIn(after.room)])
      assert.ok(before.members.get(event.userId)?.presenceId, `${event.userId} is not connected`)
      if (command.type === 'show:handOver') {
        assert.deepEqual([event.by, event.userId], [ownerIn(before.room), command.userId])
        assert.equal(actorIdOf(step), event.by)
        return assert.ok(isHostIn(before.room, event.userId))
      }
      assert.deepEqual([event.by, event.userId], [null, creator])
      assert.ok('userId' in command && command.userId === ownerIn(before.room))
      assert.ok(['server:erased', 'server:graceOver', 'member:remove'].includes(command.type))
      if (command.type === 'member:remove') assert.ok([null, creator].includes(actorIdOf(step)))
    },

  'an owner who is not the creator is a co-host': ({ after: { room } }) => {
    if (room.status === 'ended' || room.ownerId === undefined) return
    assert.notEqual(room.ownerId, creator)
    assert.ok(room.cohostIds.includes(room.ownerId))
  },

  'only the owner or an operator ends a show, and its creator while the owner is away': step => {
    const { before, actor, command, refusal } = step
    if (command.type !== 'show:end' || refusal) return
    const userId = actor.kind === 'system' ? null : actor.userId
    const owner = ownerIn(before.room)
    const isAway = (before.members.get(owner)?.presenceId ?? null) === null
    assert.ok(actor.kind === 'operator' || userId === owner || (userId === creator && isAway))
  }
}
