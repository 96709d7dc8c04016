import assert from 'node:assert/strict'
import { actorIdOf, eventsOf, isHostIn, ownerIn, speakersOf, type EventOf, type Invariants } from './invariant.ts'
import { creator, guest, limits } from './people.ts'
import type { Step } from './runner.ts'

/** Invariants of the stage, the queue and the floor. */
export const stageInvariants: Invariants = {
  'only hosts grant the floor: with an answer, with an invitation, or co-hosts to themselves': (step, { log }) => {
    const { before, command } = step
    const actorId = actorIdOf(step)
    for (const { userId, by } of eventsOf(step, 'floor:granted')) {
      const wasInvited = before.room.invited.some(invited => invited.userId === userId && invited.by === by)
      if (wasInvited && actorId === userId) {
        assert.ok(log.some(({ event }) => event.type === 'speak:invited' && event.userId === userId && event.by === by))
      } else {
        assert.equal(by, actorId)
        assert.ok(isHostIn(before.room, actorId))
        assert.ok(
          actorId === userId
            ? command.type === 'speak:request'
            : command.type === 'speak:answer' || command.type === 'speak:invite'
        )
      }
    }
    for (const { by } of eventsOf(step, 'speak:invited')) assert.ok(by === actorId && isHostIn(before.room, by))
  },

  'only connected members are granted the floor': step => {
    for (const { userId } of eventsOf(step, 'floor:granted')) {
      assert.ok(step.before.members.get(userId)?.presenceId, `${userId} is not connected`)
    }
  },

  'nobody takes a seat on a full stage, and a smaller stage keeps its speakers': ({ before, after, command }) => {
    const [seatedBefore, seatedAfter] = [speakersOf(before.room).length, speakersOf(after.room).length]
    if (seatedAfter > seatedBefore) assert.ok(seatedAfter <= before.room.settings.maxSpeakers)
    if (command.type === 'server:showEdited') assert.deepEqual(after.room.stage, before.room.stage)
  },

  'a speaker leaves the stage with exactly one event, which names the reason and the host': step => {
    const ownerBefore = ownerIn(step.before.room)
    const gone = eventsOf(step, 'stage:left', 'floor:revoked').filter(({ userId }) => userId !== ownerBefore)
    if (step.after.room.status === 'ended') return assert.equal(gone.length, 0)
    const staying = [...speakersOf(step.after.room), ownerIn(step.after.room)]
    const left = speakersOf(step.before.room).filter(userId => !staying.includes(userId))
    assert.deepEqual(gone.map(({ userId }) => userId).sort(), left.sort())
    for (const event of gone) assert.equal(reasonOf(event), expectedReason(step, event.userId))
  },

  'a removed speaker loses the floor before leaving the show': step => {
    const types = step.events.map(({ type }) => type)
    if (!types.includes('member:removed')) return
    assert.ok(types.lastIndexOf('floor:revoked') < types.indexOf('member:removed'))
    if (step.after.room.status === 'ended') return
    assert.equal(types.filter(type => type !== 'show:resumed').at(-1), 'member:gone')
  },

  'the owner is on stage from start to end, and nobody else mutes, revokes or removes creator and owner': step => {
    const { before, after } = step
    if (after.room.status === 'ended') return
    assert.ok(after.room.stage.some(({ userId }) => userId === ownerIn(after.room)))
    assert.ok(!after.room.cohostIds.includes(creator))
    const ownerId = ownerIn(before.room)
    for (const event of eventsOf(step, 'mute:changed', 'floor:revoked', 'member:removed')) {
      if (event.userId !== creator && event.userId !== ownerId) continue
      if (event.type === 'mute:changed') assert.equal(event.by, event.userId)
      else if (event.type === 'floor:revoked' && event.reason === 'bitrate') assert.equal(event.by, null)
      else assert.ok(event.userId !== creator && [null, creator].includes(event.by))
    }
    for (const { userId } of eventsOf(step, 'speak:requested', 'speak:invited', 'floor:granted')) {
      assert.notEqual(userId, ownerId)
    }
  },

  'a muted speaker is unmuted only by themselves': step => {
    for (const { userId, muted, by } of eventsOf(step, 'mute:changed')) {
      assert.ok(by === actorIdOf(step) && (muted || by === userId))
    }
    for (const { userId, muted } of step.before.room.stage) {
      const now = step.after.room.stage.find(member => member.userId === userId)
      if (muted && now && !now.muted) assert.equal(actorIdOf(step), userId)
    }
  },

  'muting all mutes everybody on stage except hosts': ({ command, refusal, before, after }) => {
    if (command.type !== 'mute:all' || refusal) return
    for (const { userId, muted } of after.room.stage) {
      const earlier = before.room.stage.find(member => member.userId === userId)
      assert.equal(muted, isHostIn(before.room, userId) ? earlier?.muted : true)
    }
  },

  'rejecting all rejects every request that the host may answer, up to the named one, and no other': step => {
    const { command, refusal, before, after } = step
    if (command.type !== 'speak:rejectAll' || refusal) return
    const last = command.upTo === undefined ? Infinity : Number(command.upTo.slice(1))
    const stays = before.room.queue.filter(({ requestId, userId }) => {
      const isOfCohost = before.room.cohostIds.includes(userId)
      return Number(requestId.slice(1)) > last || (isOfCohost && actorIdOf(step) !== ownerIn(step.before.room))
    })
    assert.deepEqual(
      after.room.queue.map(({ requestId }) => requestId),
      stays.map(({ requestId }) => requestId)
    )
  },

  'a guest is never on stage, in the queue, invited or a co-host': ({ after: { room } }) => {
    for (const person of [...room.stage, ...room.queue, ...room.invited]) assert.notEqual(person.userId, guest)
    assert.ok(!room.cohostIds.includes(guest))
  },

  "the queue has the order of the requests by the server's clock, and a repeated request keeps its place": ({
    before,
    after,
    command
  }) => {
    const { queue, queueLength } = after.room
    assert.equal(queueLength, queue.length)
    assert.deepEqual(
      queue.map(({ position }) => position),
      queue.map((_, index) => index + 1)
    )
    assert.deepEqual(
      queue,
      [...queue].sort(
        (a, b) => a.requestedAt - b.requestedAt || Number(a.requestId.slice(1)) - Number(b.requestId.slice(1))
      )
    )
    const stayed = before.room.queue.filter(entry => queue.some(({ requestId }) => requestId === entry.requestId))
    assert.deepEqual(
      queue.slice(0, stayed.length).map(({ requestId }) => requestId),
      stayed.map(({ requestId }) => requestId)
    )
    if (command.type !== 'show:end') assert.ok(queueLength <= limits.queueSize)
  },

  'a person is on stage, in the queue or invited, never two of these': ({ after: { room } }) => {
    const places = [...room.stage, ...room.queue, ...room.invited].map(({ userId }) => userId)
    assert.equal(new Set(places).size, places.length)
    const producers = room.stage.flatMap(({ state, producerId }) => {
      assert.equal(producerId !== null, state === 'onStage')
      return producerId ?? []
    })
    assert.equal(new Set(producers).size, producers.length)
  }
}

function reasonOf(event: EventOf<'stage:left' | 'floor:revoked'>): string {
  return event.type === 'stage:left' ? event.reason : `${event.reason} by ${event.by}`
}

/** Why a speaker leaves the stage, by the command. */
function expectedReason(step: Step, userId: string): string {
  const { command } = step
  switch (command.type) {
    case 'speak:stepDown':
      return actorIdOf(step) === userId ? 'stepDown' : 'never'
    case 'show:leave':
      return actorIdOf(step) === userId ? 'left' : 'never'
    case 'server:erased':
      return command.userId === userId ? 'left' : 'never'
    case 'server:graceOver':
      return 'grace'
    case 'server:overBitrate':
      return 'bitrate by null'
    case 'speak:revoke':
      return `revoked by ${actorIdOf(step)}`
    case 'member:remove':
      return `${command.ban ? 'banned' : 'removed'} by ${actorIdOf(step)}`
    default:
      return 'never'
  }
}
