import assert from 'node:assert/strict'
import type { AckData } from '../../../contract/client-events.ts'
import { findStageMember } from '../../../contract/room.ts'
import type { FakeProducer } from './fake-mediasoup.ts'
import type { Message } from './fake-sockets.ts'
import type { ShowUnderTest } from './show-under-test.ts'

const ownerOf = ({ appData }: FakeProducer) => String(appData?.userId)

/** Producers that can be heard now: let in, running, there. */
function heard({ media }: ShowUnderTest): FakeProducer[] {
  return media.producers.filter(({ id, closed, paused }) => !closed && !paused && media.admitted.has(id))
}

/** Whoever can be heard has the floor in a show that is on. Holds at every instant. */
export function onlyTheFloorIsHeard(show: ShowUnderTest): void {
  const { room } = show.room.state
  for (const producer of heard(show)) {
    assert.ok(
      room.status === 'live' || room.status === 'interrupted',
      `${producer.id} is heard in a show that is ${room.status}`
    )
    assert.ok(findStageMember(room, ownerOf(producer)), `${ownerOf(producer)} is heard without the floor`)
  }
}

/** What is announced is true already: nobody is told of a silence that is not there yet. */
export function announcedIsTrue(show: ShowUnderTest, { event, payload }: Message): void {
  if (event !== 'room:event') return
  const said = payload.event
  switch (said.type) {
    case 'stage:suspended':
    case 'stage:left':
    case 'floor:revoked':
    case 'member:removed':
      return assert.ok(
        !heard(show).some(producer => ownerOf(producer) === said.userId),
        `${said.userId} is heard after ${said.type}`
      )
    case 'mute:changed':
      return assert.ok(
        !said.muted || !heard(show).some(producer => ownerOf(producer) === said.userId),
        `${said.userId} is heard after being muted`
      )
    case 'stage:joined': {
      const producer = show.media.producers.find(({ id }) => id === said.producerId)
      return assert.ok(
        producer && (producer.closed || producer.paused === said.muted),
        `${said.producerId} is not as announced`
      )
    }
    case 'show:ended':
      return assertNothingLeft(show)
  }
}

/** When everything has settled, the media are what the room says. */
export function mediaAgreeWithRoom(show: ShowUnderTest): void {
  const {
    media,
    room: {
      state: { room }
    }
  } = show
  if (room.status === 'ended') return assertNothingLeft(show)
  const open = media.producers.filter(({ closed }) => !closed)
  const onStage = room.stage.filter(({ state }) => state === 'onStage')
  assert.deepEqual(
    open
      .map(producer => ({
        userId: ownerOf(producer),
        producerId: producer.id,
        muted: producer.paused,
        admitted: media.admitted.has(producer.id)
      }))
      .sort(byId),
    onStage.map(({ userId, producerId, muted }) => ({ userId, producerId, muted, admitted: true })).sort(byId)
  )
  for (const consumer of media.consumers) {
    assert.ok(consumer.closed || (!consumer.producer.closed && media.admitted.has(consumer.producerId)))
  }
}

const byId = (a: { producerId: string | null }, b: { producerId: string | null }) =>
  String(a.producerId).localeCompare(String(b.producerId))

/** Who is in the show is connected, and sessions that are not in it any more hold nothing of its media. */
export function noSessionIsLeft(show: ShowUnderTest): void {
  const { members } = show.room.state
  const connected = show.sockets.flatMap(({ connected, data }) =>
    connected ? (data.membership?.actor.presenceId ?? []) : []
  )
  for (const { userId, presenceId } of members.values()) {
    assert.ok(presenceId === null || connected.includes(presenceId), `${userId} is in the show and not connected`)
  }
  for (const {
    data: {
      membership,
      identity: { userId }
    }
  } of show.sockets) {
    if (!membership) continue
    const isIn = members.get(userId)?.presenceId === membership.actor.presenceId
    if (!isIn) {
      assert.throws(() => show.audios.getPresence(show.showId, membership.actor.presenceId), { code: 'NOT_IN_SHOW' })
    }
  }
  const sessions = [...members.values()].filter(({ presenceId }) => presenceId !== null)
  assert.equal(
    show.media.workers.reduce((sum, worker) => sum + worker.participants, 0),
    sessions.length
  )
  const open = show.media.transports.filter(({ closed }) => !closed)
  assert.ok(open.length <= sessions.length * 2, `${open.length} transports for ${sessions.length} sessions`)
}

/** Every command has exactly one answer, and none said that something failed on our side. */
export function everyCommandIsAnswered({ sockets, faults }: ShowUnderTest): void {
  for (const { id, asked } of sockets) {
    for (const { event, answers } of asked) {
      assert.equal(answers.length, 1, `${event} of ${id} has ${answers.length} answers`)
      for (const answer of answers) if (!answer.ok) assert.notEqual(answer.error.code, 'INTERNAL')
    }
  }
  assert.deepEqual(faults, [])
}

/** Events come after the snapshot, in order and without gaps. */
export function everybodyCanFollow({ sockets }: ShowUnderTest): void {
  for (const { id, inbox } of sockets) {
    let version: number | null = null
    for (const message of inbox) {
      if (message.event === 'snapshot') version = message.version
      if (message.event !== 'room:event') continue
      assert.ok(version !== null, `${id} got an event before its snapshot`)
      assert.equal(message.payload.version, version + 1, `${id} missed an event`)
      version++
    }
  }
}

/** Everybody is told of every stored comment once, in the order of the store; the same thing sent again is the same comment. */
export function commentsAreToldOnce({ io, comments: { stored }, sockets }: ShowUnderTest): void {
  const told = io.sent.flatMap(message => (message.event === 'comments' ? message.payload.comments : []))
  assert.deepEqual(
    told.map(({ id }) => id),
    stored.map(({ _id }) => _id)
  )
  assert.deepEqual(
    stored.map(({ createdAt }) => createdAt.getTime()),
    [...new Set(stored.map(({ createdAt }) => createdAt.getTime()))].sort((a, b) => a - b)
  )
  assert.equal(new Set(stored.map(({ authorId, clientId }) => `${authorId} ${clientId}`)).size, stored.length)
  for (const { asked } of sockets) {
    for (const {
      event,
      answers: [answer]
    } of asked) {
      if (event !== 'comment:send' || !answer?.ok) continue
      const { comment } = answer.data as AckData<'comment:send'>
      assert.ok(
        stored.some(
          ({ _id, clientId, authorId }) =>
            _id === comment.id && clientId === comment.clientId && authorId === comment.author.id
        )
      )
    }
  }
}

function assertNothingLeft({ media }: ShowUnderTest): void {
  const { routers, transports, producers, consumers } = media
  const left = [...routers, ...transports, ...producers, ...consumers].filter(({ closed }) => !closed)
  assert.deepEqual(
    left.map(({ id }) => id),
    []
  )
}
