import assert from 'node:assert/strict'
import type { AckData } from '../../../contract/client-events.ts'
import { findStageMember } from '../../../contract/room.ts'
import type { FakeProducer } from './fake-mediasoup.ts'
import type { Message } from './fake-sockets.ts'
import type { ShowUnderTest } from './show-under-test.ts'

const ownerOf = ({ appData }: FakeProducer) => String(appData?.userId)

/** Producers that are audible now: admitted, not paused, not closed. */
function audibleProducers({ media }: ShowUnderTest): FakeProducer[] {
  return media.producers.filter(({ id, closed, paused }) => !closed && !paused && media.admitted.has(id))
}

function isAudible(show: ShowUnderTest, userId: string): boolean {
  return audibleProducers(show).some(producer => ownerOf(producer) === userId)
}

/** Only speakers with the floor in a live show are audible. Holds at every moment. */
export function checkOnlyFloorIsAudible(show: ShowUnderTest): void {
  const { room } = show.room.state
  for (const producer of audibleProducers(show)) {
    assert.ok(
      room.status === 'live' || room.status === 'interrupted',
      `${producer.id} is audible in a show that is ${room.status}`
    )
    assert.ok(findStageMember(room, ownerOf(producer)), `${ownerOf(producer)} is audible without the floor`)
  }
}

/** Checks that an announced change has taken effect, so that nobody is audible after an announced silence. */
export function checkAnnouncementIsTrue(show: ShowUnderTest, { event: name, payload }: Message): void {
  if (name !== 'room:event') return
  const { event } = payload
  switch (event.type) {
    case 'stage:suspended':
    case 'stage:left':
    case 'floor:revoked':
    case 'member:removed':
      return assert.ok(!isAudible(show, event.userId), `${event.userId} is audible after ${event.type}`)
    case 'mute:changed':
      return assert.ok(!event.muted || !isAudible(show, event.userId), `${event.userId} is audible after a mute`)
    case 'stage:joined': {
      const producer = show.media.producers.find(({ id }) => id === event.producerId)
      return assert.ok(
        producer && (producer.closed || producer.paused === event.muted),
        `${event.producerId} is not as announced`
      )
    }
    case 'show:ended':
      return assertNothingOpen(show)
  }
}

/** After all actions the media have the state that the room says. */
export function checkMediaMatchRoom(show: ShowUnderTest): void {
  const {
    media,
    room: {
      state: { room }
    }
  } = show
  if (room.status === 'ended') return assertNothingOpen(show)
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

/** Every member is connected, and a presence that left the show holds none of its media. */
export function checkNoPresenceIsLeft(show: ShowUnderTest): void {
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
    const isCurrent = members.get(userId)?.presenceId === membership.actor.presenceId
    if (!isCurrent) {
      assert.throws(() => show.audios.getPresence(show.showId, membership.actor.presenceId), { code: 'NOT_IN_SHOW' })
    }
  }
  const presenceCount = [...members.values()].filter(({ presenceId }) => presenceId !== null).length
  assert.equal(
    show.media.workers.reduce((sum, worker) => sum + worker.participants, 0),
    presenceCount
  )
  const open = show.media.transports.filter(({ closed }) => !closed)
  assert.ok(open.length <= presenceCount * 2, `${open.length} transports for ${presenceCount} presences`)
}

/** Every command has exactly one answer, and none is an internal error. */
export function checkEveryCommandIsAnswered({ sockets, faults }: ShowUnderTest): void {
  for (const { id, requests } of sockets) {
    for (const { event, answers } of requests) {
      assert.equal(answers.length, 1, `${event} of ${id} has ${answers.length} answers`)
      for (const answer of answers) if (!answer.ok) assert.notEqual(answer.error.code, 'INTERNAL')
    }
  }
  assert.deepEqual(faults, [])
}

/** Every socket receives the events after its snapshot, in order and without gaps. */
export function checkEventsHaveNoGap({ sockets }: ShowUnderTest): void {
  for (const { id, received } of sockets) {
    let version: number | null = null
    for (const message of received) {
      if (message.event === 'snapshot') version = message.version
      if (message.event !== 'room:event') continue
      assert.ok(version !== null, `${id} received an event before its snapshot`)
      assert.equal(message.payload.version, version + 1, `${id} missed an event`)
      version++
    }
  }
}

/** Every stored comment is broadcast once, in the order of the store, and a repeated comment is the same comment. */
export function checkCommentsAreBroadcastOnce({ io, comments: { stored }, sockets }: ShowUnderTest): void {
  const broadcast = io.sent.flatMap(message => (message.event === 'comments' ? message.payload.comments : []))
  assert.deepEqual(
    broadcast.map(({ id }) => id),
    stored.map(({ _id }) => _id)
  )
  assert.deepEqual(
    stored.map(({ createdAt }) => createdAt.getTime()),
    [...new Set(stored.map(({ createdAt }) => createdAt.getTime()))].sort((a, b) => a - b)
  )
  assert.equal(new Set(stored.map(({ authorId, clientId }) => `${authorId} ${clientId}`)).size, stored.length)
  for (const { requests } of sockets) {
    for (const {
      event,
      answers: [answer]
    } of requests) {
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

function assertNothingOpen({ media }: ShowUnderTest): void {
  const { routers, transports, producers, consumers } = media
  const open = [...routers, ...transports, ...producers, ...consumers].filter(({ closed }) => !closed)
  assert.deepEqual(
    open.map(({ id }) => id),
    []
  )
}
