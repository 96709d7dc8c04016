import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { evolve } from '../../../contract/room.ts'
import { actorIdOf, eventsOf, isHostIn, ownerIn, type Invariants } from './invariant.ts'
import { creator, guest, limits } from './people.ts'
import { jingleInvariants } from './jingle-invariants.ts'
import { ownerInvariants } from './owner-invariants.ts'
import { recordingInvariants } from './recording-invariants.ts'
import { fadeInvariants } from './fade-invariants.ts'
import { songLevelInvariants } from './song-level-invariants.ts'
import { stageInvariants } from './stage-invariants.ts'

/** Commands that need no membership. */
const ownerCommands: ReadonlySet<string> = new Set(['show:start', 'show:end'])
/** Events that may change no state of the clients: the list of banned people is not sent to them. */
const newsEvents: ReadonlySet<string> = new Set(['member:removed', 'member:unbanned'])

const eventInvariants: Invariants = {
  'a refused command changes nothing': ({ refusal, before, after }) => {
    if (refusal) assert.deepEqual(after, before)
  },

  'every event changes the state': ({ before, stamped, command }) => {
    let room = before.room
    for (const event of stamped) {
      const next = evolve(room, event)
      const hasChanged = !isDeepStrictEqual(
        { ...next, version: 0, queueVersion: 0 },
        { ...room, version: 0, queueVersion: 0 }
      )
      // After a restart the members learn how long the show waits, also when it was interrupted before.
      assert.ok(
        hasChanged || command.type === 'server:restored' || newsEvents.has(event.event.type),
        `${event.event.type} changed nothing`
      )
      room = next
    }
  },

  'a version increases by one with every event of its stream, and a show starts with version 1': ({
    before,
    after,
    stamped
  }) => {
    let { version, queueVersion } = before.room
    for (const event of stamped) {
      if (event.event.type === 'show:started') [version, queueVersion] = [0, 0]
      if ('version' in event) assert.equal(event.version, ++version)
      else assert.equal(event.queueVersion, ++queueVersion)
      if (event.event.type === 'show:started') assert.equal(version, 1)
    }
    assert.deepEqual([after.room.version, after.room.queueVersion], [version, queueVersion])
  }
}

const presenceInvariants: Invariants = {
  'a person who has a place is in the show, or away within the grace period': ({ after: { room, members } }) => {
    if (room.status === 'scheduled') return
    const placed = new Set([...room.stage, ...room.queue, ...room.invited].map(({ userId }) => userId))
    for (const userId of placed) assert.ok(members.has(userId), `${userId} is not a member`)
    for (const { userId, presenceId, awaySinceMs } of members.values()) {
      assert.equal(presenceId === null, awaySinceMs !== null)
      if (awaySinceMs === null) continue
      const seat = room.stage.find(member => member.userId === userId)
      assert.ok(userId === ownerIn(room) ? seat?.state !== 'onStage' : !seat || seat.state === 'suspended')
    }
  },

  'nobody loses a place before the grace period has ended': step => {
    for (const event of eventsOf(step, 'stage:left', 'speak:withdrawn')) {
      const isEndOfGrace = event.type === 'stage:left' ? event.reason === 'grace' : event.by === null
      // The server itself removes a person whom the creator blocks.
      if (!isEndOfGrace || step.command.type === 'member:remove') continue
      const awaySinceMs = step.before.members.get(event.userId)?.awaySinceMs
      assert.ok(typeof awaySinceMs === 'number' && step.at - awaySinceMs >= limits.speakerGraceMs)
    }
  },

  'a person acts through one presence; any other is not in the show': ({ before, after, actor, refusal, command }) => {
    const presenceIds = [...after.members.values()].flatMap(({ presenceId }) => presenceId ?? [])
    assert.equal(new Set(presenceIds).size, presenceIds.length)
    if (actor.kind !== 'member' || refusal || ownerCommands.has(command.type)) return
    assert.equal(
      (command.type === 'show:join' ? after : before).members.get(actor.userId)?.presenceId,
      actor.presenceId
    )
  },

  'only the owner appoints co-hosts, and the role ends only with a removal or the account': step => {
    const [before, after] = [step.before.room.cohostIds, step.after.room.cohostIds]
    const removed = eventsOf(step, 'member:removed').map(({ userId }) => userId)
    const changed = eventsOf(step, 'cohost:changed').map(({ userId }) => userId)
    if (step.command.type === 'server:erased') for (const userId of changed) assert.equal(userId, step.command.userId)
    else if (changed.length > 0) assert.equal(actorIdOf(step), ownerIn(step.before.room))
    for (const userId of before) assert.equal(after.includes(userId), ![...removed, ...changed].includes(userId))
    for (const userId of after) assert.ok(before.includes(userId) || changed.includes(userId))
  },

  'a banned person does not come back until a host unbans them': step => {
    const { before, after, events } = step
    const unbanned = eventsOf(step, 'member:unbanned').map(({ userId }) => userId)
    if (unbanned.length > 0) assert.ok(isHostIn(before.room, actorIdOf(step)))
    for (const userId of after.bannedIds) assert.ok(!after.members.has(userId))
    for (const userId of before.bannedIds) assert.equal(after.bannedIds.has(userId), !unbanned.includes(userId))
    for (const event of events) {
      if (event.type === 'member:arrived') assert.ok(!before.bannedIds.has(event.member.userId))
    }
  }
}

const moveInvariants: Invariants = {
  'where a home moves to, the people who are there keep their places, and no voice is heard but the one on stage': ({
    command,
    before,
    after
  }) => {
    if (command.type !== 'server:restored' || after.room.status === 'ended') return
    const present = command.present.filter(({ userId }) => !before.bannedIds.has(userId))
    const presentIds = new Set(present.map(({ userId }) => userId))
    const producerIds = new Set(present.map(({ userId, producerId }) => `${userId} ${producerId}`))
    assert.deepEqual(
      after.room.stage.filter(({ state }) => state === 'onStage'),
      before.room.stage.filter(({ userId, producerId }) => producerIds.has(`${userId} ${producerId ?? ''}`))
    )
    for (const { userId, state } of before.room.stage.filter(({ state }) => state !== 'onStage')) {
      const seat = after.room.stage.find(member => member.userId === userId)
      const expected = presentIds.has(userId) ? state : 'suspended'
      if (userId !== ownerIn(before.room)) assert.equal(seat?.state, expected)
    }
    assert.deepEqual([after.room.queue, after.room.invited], [before.room.queue, before.room.invited])
    const connected = [...after.members.values()].filter(({ presenceId }) => presenceId !== null)
    assert.deepEqual(new Set(connected.map(({ userId }) => userId)), presentIds)
    assert.equal(after.listenerCount, presentIds.size - Number(presentIds.has(creator)))
  },

  'a show is not interrupted while its owner is there, wherever its home moves': step => {
    const { command, after } = step
    if (command.type !== 'server:restored' || after.room.status === 'ended') return
    const isOwnerThere = command.present.some(({ userId }) => userId === ownerIn(after.room))
    assert.equal(eventsOf(step, 'show:interrupted').length, isOwnerThere || step.events.length === 0 ? 0 : 1)
    if (isOwnerThere) assert.equal(after.room.status, 'live')
  },

  'a lost node takes away its presences, and no others': ({ command, refusal, before, after }) => {
    if (command.type !== 'server:nodeLost' || refusal || before.room.status === 'scheduled') return
    const isLost = (presenceId: string | null) => presenceId?.startsWith(`${command.nodeId}_`) === true
    for (const { userId, presenceId } of before.members.values()) {
      assert.equal(after.members.get(userId)?.presenceId ?? null, isLost(presenceId) ? null : presenceId)
    }
  }
}

const showInvariants: Invariants = {
  'a show is interrupted exactly while an owner who had joined is away': ({ before, after, command }) => {
    const {
      room: { status, until },
      members
    } = after
    const ownerId = ownerIn(after.room)
    const awaySince = members.get(ownerId)?.awaySinceMs ?? null
    if (status === 'interrupted') assert.equal(until, awaySince! + limits.creatorGraceMs)
    else assert.equal(until, null)
    if (status === 'live' && awaySince !== null && command.type !== 'show:start') {
      assert.equal(before.room.status, 'live')
      assert.equal(before.members.get(ownerId)?.awaySinceMs, awaySince)
    }
  },

  'a show ends once, for the reason that its command gives': step => {
    const [ended, ...more] = eventsOf(step, 'show:ended')
    if (!ended) return
    const { actor, command, before, at } = step
    assert.equal(more.length, 0)
    if (ended.reason === 'creatorLeft') {
      const ownerId = ownerIn(before.room)
      assert.ok('userId' in command && command.userId === ownerId)
      if (ownerId !== creator) assert.equal(before.members.get(creator)?.presenceId ?? null, null)
      if (command.type !== 'server:graceOver') {
        return assert.ok(ownerId !== creator && ['member:remove', 'server:erased'].includes(command.type))
      }
      assert.ok(at >= before.members.get(ownerId)!.awaySinceMs! + limits.creatorGraceMs)
    } else if (ended.reason === 'creatorErased') {
      assert.ok(command.type === 'server:erased' && command.userId === creator)
    } else {
      assert.deepEqual([command.type, ended.reason], ['show:end', actor.kind === 'operator' ? 'operator' : 'ended'])
    }
  },

  'an ended show has no members and no further events': ({ before, after, events }) => {
    if (before.room.status === 'ended') assert.equal(events.length, 0)
    if (after.room.status !== 'ended') return
    const { stage, queue, invited, queueLength } = after.room
    assert.deepEqual([stage, queue, invited, queueLength, after.members.size], [[], [], [], 0, 0])
  },

  'muted people, guests and people in slow mode do not comment': step => {
    const { before, after, at } = step
    for (const { userId } of eventsOf(step, 'member:commented')) {
      assert.ok(!before.room.commentMutedIds.includes(userId))
      const isSent = step.command.type === 'comment:send'
      assert.ok(!isSent || userId !== guest)
      const lastMs = before.lastComments.get(userId)?.atMs
      if (isSent && lastMs !== undefined && !isHostIn(before.room, userId)) {
        assert.ok(at - lastMs >= before.room.settings.slowModeMs)
      }
      assert.equal(after.lastComments.get(userId)?.atMs, at)
    }
  },

  "hosts mute comments; only the owner mutes a co-host's, and nobody the creator's or the owner's": step => {
    const actorId = actorIdOf(step)
    const { room } = step.before
    for (const { userId, by, muted } of eventsOf(step, 'comments:muted')) {
      assert.ok(by === actorId && isHostIn(room, by))
      assert.ok(userId !== creator && (by === ownerIn(room) || !room.cohostIds.includes(userId)))
      assert.ok(userId !== ownerIn(room))
      if (step.command.type === 'show:handOver') assert.equal(muted, false)
    }
    assert.ok(!step.after.room.commentMutedIds.includes(ownerIn(step.after.room)))
  },

  'playback changes when a host says so or an item ends, and the next item follows without a gap or a fade': step => {
    const {
      before: {
        room: { playback: before }
      },
      after,
      command,
      at
    } = step
    const [changed, ...more] = eventsOf(step, 'playback:changed')
    if (!changed) return
    assert.equal(more.length, 0)
    const { playback } = changed
    assert.deepEqual(playback, after.room.playback)
    if (command.type === 'server:songMoved') {
      return assert.deepEqual(playback, { ...before, producerId: command.producerId })
    }
    if (command.type !== 'server:itemEnded') {
      return assert.ok(command.type.startsWith('playback:') && isHostIn(step.before.room, actorIdOf(step)))
    }
    assert.deepEqual([command.itemId, command.at], [before.item?.id, before.at])
    // The invariants of fades are about those.
    if (before.fade?.then || playback.fade) return
    assert.equal(playback.positionMs, 0)
    const playedMs = before.positionMs + playback.at - before.at
    assert.ok(playback.at <= at && playedMs >= before.item!.durationMs)
    if (playback.at !== at) assert.ok(at - playback.at <= 100 && playedMs === Math.max(250, before.item!.durationMs))
  }
}

/** Invariants of the design and of the contract's "How the room behaves". */
export const invariants: Invariants = {
  ...eventInvariants,
  ...stageInvariants,
  ...presenceInvariants,
  ...moveInvariants,
  ...showInvariants,
  ...ownerInvariants,
  ...recordingInvariants,
  ...songLevelInvariants,
  ...fadeInvariants,
  ...jingleInvariants
}
