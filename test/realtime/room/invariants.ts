import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { evolve, type RoomState } from '../../../contract/room.ts'
import type { ServerRoomEvent } from '../../../realtime/room/events.ts'
import { creator, guest, limits } from './people.ts'
import type { Course, Step } from './runner.ts'

/** Something that holds at every step of every show; throws when it does not. */
export type Invariant = (step: Step, course: Course) => void

type EventOf<T extends ServerRoomEvent['type']> = Extract<ServerRoomEvent, { type: T }>

function eventsOf<T extends ServerRoomEvent['type']>({ events }: Pick<Step, 'events'>, ...types: T[]): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => types.some(type => type === event.type))
}

const actorIdOf = ({ actor }: Step) => (actor.kind === 'system' ? null : actor.userId)
const onStage = ({ stage }: RoomState) => stage.map(({ userId }) => userId).filter(userId => userId !== creator)
const isHostIn = ({ creatorId, cohostIds }: RoomState, userId: string | null) =>
  userId === creatorId || (userId !== null && cohostIds.includes(userId))
const ownerCommands: ReadonlySet<string> = new Set(['show:start', 'show:end'])
const isNews = (type: string) => type === 'member:removed' || type === 'member:unbanned'
const lastPlaceOf = (types: readonly string[], type: string) => types.lastIndexOf(type)

/** Invariants of the design and sentences of the contract's "How the room behaves", by name. */
export const invariants: Readonly<Record<string, Invariant>> = {
  'a refusal makes nothing happen': ({ refusal, before, after }) => {
    if (refusal) assert.deepEqual(after, before)
  },

  'an event is something that changed': ({ before, stamped, command }) => {
    let room = before.room
    for (const event of stamped) {
      const next = evolve(room, event)
      const changed = !isDeepStrictEqual(
        { ...next, version: 0, queueVersion: 0 },
        { ...room, version: 0, queueVersion: 0 }
      )
      // After a restart everybody is told how long the show waits, also when it was interrupted already; a removal is news to all,
      // and who is banned is not everybody's to know.
      assert.ok(
        changed || command.type === 'server:restored' || isNews(event.event.type),
        `${event.event.type} changed nothing`
      )
      room = next
    }
  },

  'versions go up by one with every event of their stream, and a show starts with version 1': ({
    before,
    after,
    stamped
  }) => {
    let { version, queueVersion } = before.room
    for (const event of stamped) {
      if ('version' in event) assert.equal(event.version, ++version)
      else assert.equal(event.queueVersion, ++queueVersion)
      if (event.event.type === 'show:started') assert.equal(version, 1)
    }
    assert.deepEqual([after.room.version, after.room.queueVersion], [version, queueVersion])
  },

  'only hosts give the floor: by answering, by inviting, or co-hosts to themselves': (step, { history }) => {
    const { before, command } = step
    const actorId = actorIdOf(step)
    for (const { userId, by } of eventsOf(step, 'floor:granted')) {
      const wasInvited = before.room.invited.some(invited => invited.userId === userId && invited.by === by)
      if (wasInvited && actorId === userId) {
        assert.ok(
          history.some(({ event }) => event.type === 'speak:invited' && event.userId === userId && event.by === by)
        )
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

  'the floor goes to people who are there': step => {
    for (const { userId } of eventsOf(step, 'floor:granted')) {
      assert.ok(step.before.members.get(userId)?.presenceId, `${userId} is not there`)
    }
  },

  'nobody is seated over the size of the stage, and making it smaller throws nobody off': ({
    before,
    after,
    command
  }) => {
    const [seatedBefore, seatedAfter] = [onStage(before.room).length, onStage(after.room).length]
    if (seatedAfter > seatedBefore) assert.ok(seatedAfter <= before.room.settings.maxSpeakers)
    if (command.type === 'server:showEdited') assert.deepEqual(after.room.stage, before.room.stage)
  },

  'a person leaves the stage with exactly one event, which says who did it': step => {
    const gone = eventsOf(step, 'stage:left', 'floor:revoked').filter(({ userId }) => userId !== creator)
    if (step.after.room.status === 'ended') return assert.equal(gone.length, 0)
    const left = onStage(step.before.room).filter(userId => !onStage(step.after.room).includes(userId))
    assert.deepEqual(gone.map(({ userId }) => userId).sort(), left.sort())
    for (const event of gone) assert.equal(reasonOf(event), expectedReason(step, event.userId))
  },

  'removal takes the floor before it takes the person': step => {
    const types = step.events.map(({ type }) => type)
    if (!types.includes('member:removed')) return
    assert.ok(lastPlaceOf(types, 'floor:revoked') < types.indexOf('member:removed'))
    assert.equal(types.at(-1), 'member:gone')
  },

  'the creator is on stage from start to end, and nobody does anything to them': step => {
    const { after } = step
    if (after.room.status === 'ended') return
    assert.ok(after.room.stage.some(({ userId }) => userId === creator))
    assert.ok(!after.room.cohostIds.includes(creator))
    const done = eventsOf(
      step,
      'mute:changed',
      'floor:revoked',
      'member:removed',
      'speak:requested',
      'speak:invited',
      'floor:granted'
    )
    for (const event of done.filter(({ userId }) => userId === creator)) {
      assert.ok(
        event.type === 'floor:revoked'
          ? event.by === null && event.reason === 'bitrate'
          : event.type === 'mute:changed' && event.by === creator
      )
    }
  },

  'nobody is unmuted by anybody else': step => {
    for (const { userId, muted, by } of eventsOf(step, 'mute:changed')) {
      assert.ok(by === actorIdOf(step) && (muted || by === userId))
    }
    for (const { userId, muted } of step.before.room.stage) {
      const now = step.after.room.stage.find(member => member.userId === userId)
      if (muted && now && !now.muted) assert.equal(actorIdOf(step), userId)
    }
  },

  'guests listen': ({ after: { room } }) => {
    for (const person of [...room.stage, ...room.queue, ...room.invited]) assert.notEqual(person.userId, guest)
    assert.ok(!room.cohostIds.includes(guest))
  },

  "the queue is in the order of asking, by the server's clock; who asks again keeps their place": ({
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

  'a person is in one place: on stage, waiting or invited': ({ after: { room } }) => {
    const places = [...room.stage, ...room.queue, ...room.invited].map(({ userId }) => userId)
    assert.equal(new Set(places).size, places.length)
    const producers = room.stage.flatMap(({ state, producerId }) => {
      assert.equal(producerId !== null, state === 'onStage')
      return producerId ?? []
    })
    assert.equal(new Set(producers).size, producers.length)
  },

  'who has a place is in the show, or away with their grace running': ({ after: { room, members } }) => {
    if (room.status === 'scheduled') return
    const placed = new Set([...room.stage, ...room.queue, ...room.invited].map(({ userId }) => userId))
    for (const userId of placed) assert.ok(members.has(userId), `${userId} is nowhere`)
    for (const { userId, presenceId, awaySinceMs } of members.values()) {
      assert.equal(presenceId === null, awaySinceMs !== null)
      if (awaySinceMs === null) continue
      const seat = room.stage.find(member => member.userId === userId)
      assert.ok(userId === creator ? seat?.state !== 'onStage' : !seat || seat.state === 'suspended')
    }
  },

  "grace ends nobody's place early": step => {
    for (const event of eventsOf(step, 'stage:left', 'speak:withdrawn')) {
      const isGrace = event.type === 'stage:left' ? event.reason === 'grace' : event.by === null
      if (!isGrace) continue
      const awaySinceMs = step.before.members.get(event.userId)?.awaySinceMs
      assert.ok(typeof awaySinceMs === 'number' && step.at - awaySinceMs >= limits.speakerGraceMs)
    }
  },

  'one session per person acts; any other is not in the show': ({ before, after, actor, refusal, command }) => {
    const sessions = [...after.members.values()].flatMap(({ presenceId }) => presenceId ?? [])
    assert.equal(new Set(sessions).size, sessions.length)
    if (actor.kind !== 'member' || refusal || ownerCommands.has(command.type)) return
    assert.equal(
      (command.type === 'show:join' ? after : before).members.get(actor.userId)?.presenceId,
      actor.presenceId
    )
  },

  'a show is interrupted exactly while a creator who was there is away': ({ before, after, command }) => {
    const {
      room: { status, until },
      members
    } = after
    const awaySince = members.get(creator)?.awaySinceMs ?? null
    if (status === 'interrupted') assert.equal(until, awaySince! + limits.creatorGraceMs)
    else assert.equal(until, null)
    if (status === 'live' && awaySince !== null && command.type !== 'show:start') {
      assert.equal(before.room.status, 'live')
      assert.equal(before.members.get(creator)?.awaySinceMs, awaySince)
    }
  },

  'a show ends for one reason': step => {
    const [ended, ...more] = eventsOf(step, 'show:ended')
    if (!ended) return
    const { actor, command, before, at } = step
    assert.equal(more.length, 0)
    if (ended.reason === 'creatorLeft') {
      assert.equal(command.type, 'server:graceOver')
      assert.ok(at >= before.members.get(creator)!.awaySinceMs! + limits.creatorGraceMs)
    } else if (ended.reason === 'creatorErased') {
      assert.ok(command.type === 'server:erased' && command.userId === creator)
    } else {
      assert.deepEqual([command.type, ended.reason], ['show:end', actor.kind === 'operator' ? 'operator' : 'ended'])
    }
  },

  'after the end nothing happens and nobody is in': ({ before, after, events }) => {
    if (before.room.status === 'ended') assert.equal(events.length, 0)
    if (after.room.status !== 'ended') return
    const { stage, queue, invited, queueLength } = after.room
    assert.deepEqual([stage, queue, invited, queueLength, after.members.size], [[], [], [], 0, 0])
  },

  'only the creator makes co-hosts; the role ends with removal, with the account, and with nothing else': step => {
    const [before, after] = [step.before.room.cohostIds, step.after.room.cohostIds]
    const removed = eventsOf(step, 'member:removed').map(({ userId }) => userId)
    const changed = eventsOf(step, 'cohost:changed').map(({ userId }) => userId)
    if (step.command.type === 'server:erased') for (const userId of changed) assert.equal(userId, step.command.userId)
    else if (changed.length > 0) assert.equal(actorIdOf(step), creator)
    for (const userId of before) assert.equal(after.includes(userId), ![...removed, ...changed].includes(userId))
    for (const userId of after) assert.ok(before.includes(userId) || changed.includes(userId))
  },

  'who is silenced, who is a guest, and who is too quick does not comment': step => {
    const { before, after, at } = step
    for (const { userId } of eventsOf(step, 'member:commented')) {
      assert.ok(!before.room.commentMutedIds.includes(userId) && userId !== guest)
      const lastMs = before.lastComments.get(userId)?.atMs
      if (lastMs !== undefined && !isHostIn(before.room, userId)) {
        assert.ok(at - lastMs >= before.room.settings.slowModeMs)
      }
      assert.equal(after.lastComments.get(userId)?.atMs, at)
    }
  },

  "comments are silenced by hosts, a co-host's by the creator, the creator's by nobody": step => {
    const actorId = actorIdOf(step)
    for (const { userId, by } of eventsOf(step, 'comments:muted')) {
      assert.ok(by === actorId && isHostIn(step.before.room, by))
      assert.ok(userId !== creator && (by === creator || !step.before.room.cohostIds.includes(userId)))
    }
  },

  "what plays changes by a host's word or by running to its end, and by itself it goes on without a gap": step => {
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
    assert.deepEqual([command.itemId, command.at, playback.positionMs], [before.item?.id, before.at, 0])
    const playedMs = before.positionMs + playback.at - before.at
    assert.ok(playback.at <= at && playedMs >= before.item!.durationMs)
    if (playback.at !== at) assert.ok(at - playback.at <= 100 && playedMs === Math.max(250, before.item!.durationMs))
  },

  'the banned do not come back until a host lets them': step => {
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

function reasonOf(event: EventOf<'stage:left' | 'floor:revoked'>): string {
  return event.type === 'stage:left' ? event.reason : `${event.reason} by ${event.by}`
}

/** Why somebody is off the stage, by what was asked for. */
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
