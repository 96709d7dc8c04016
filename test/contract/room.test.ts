import t from 'tap'
import type { QueueEvent, RoomEvent, StampedEvent } from '../../contract/room-events.ts'
import { evolve, roleOf, seatsTaken, speakStateOf, type RoomState } from '../../contract/room.ts'
import { openingState } from '../../realtime/room/opening-state.ts'
import { defaultSettings } from '../../contract/settings.ts'

const at = 1000
const person = (userId: string) => ({ userId, displayName: userId, avatarUrl: null })
const opening = openingState(
  {
    id: 'show',
    creator: { id: 'creator', displayName: 'creator', avatarUrl: null },
    title: 'A title',
    description: '',
    settings: defaultSettings,
    version: 1,
    playlist: { version: 0, items: [] }
  },
  at
)

/** Returns the room after these events, each in its stream. */
function after(room: RoomState, ...events: (RoomEvent | { queue: QueueEvent })[]): RoomState {
  return events.reduce((room, event) => {
    const stamped: StampedEvent =
      'queue' in event
        ? { queueVersion: room.queueVersion + 1, at, event: event.queue }
        : { version: room.version + 1, at, event }
    return evolve(room, stamped)
  }, room)
}

const requested = (n: number, userId: string) => ({
  queue: { type: 'speak:requested', requestId: `r${n}`, ...person(userId), reason: '', requestedAt: at + n } as const
})
const granted = (userId: string) => ({ type: 'floor:granted', ...person(userId), by: 'creator' }) as const

t.test('the first event starts the show with version 1', async t => {
  t.match(after(opening, { type: 'show:started' }), { version: 1, queueVersion: 0, status: 'live' })
})

t.test('requests move up when an earlier one leaves the queue', async t => {
  const waiting = after(opening, requested(1, 'a'), requested(2, 'b'), requested(3, 'c'))
  t.same(
    waiting.queue.map(({ userId, position }) => [userId, position]),
    [
      ['a', 1],
      ['b', 2],
      ['c', 3]
    ]
  )
  const next = after(waiting, granted('a'))
  t.same(
    next.queue.map(({ userId, position }) => [userId, position]),
    [
      ['b', 1],
      ['c', 2]
    ]
  )
  t.match(next, { queueLength: 2, version: 1, queueVersion: 3 })
  t.match(after(next, { queue: { type: 'speak:withdrawn', requestId: 'r3', userId: 'c', by: 'c' } }), {
    queueLength: 1,
    queueVersion: 4
  })
})

t.test('a listener is invited, speaks, is suspended and leaves the stage', async t => {
  let room = after(opening, { queue: { type: 'speak:invited', ...person('a'), by: 'creator' } })
  t.equal(speakStateOf(room, 'a'), 'invited')
  room = after(room, granted('a'))
  t.same([speakStateOf(room, 'a'), roleOf(room, 'a'), room.invited, seatsTaken(room)], ['granted', 'speaker', [], 1])
  room = after(room, { type: 'stage:joined', userId: 'a', producerId: 'p', muted: true })
  t.match(room.stage[1], { state: 'onStage', producerId: 'p', muted: true })
  room = after(room, { type: 'stage:suspended', userId: 'a' })
  t.match(room.stage[1], { state: 'suspended', producerId: null, muted: true })
  room = after(room, { type: 'stage:left', userId: 'a', reason: 'grace' })
  t.same([speakStateOf(room, 'a'), roleOf(room, 'a'), seatsTaken(room)], ['off', 'listener', 0])
})

t.test('the creator keeps the seat when the voice ends', async t => {
  const speaking = after(
    opening,
    { type: 'show:started' },
    { type: 'stage:joined', userId: 'creator', producerId: 'p', muted: false }
  )
  t.match(after(speaking, { type: 'stage:left', userId: 'creator', reason: 'stepDown' }).stage, [
    { userId: 'creator', state: 'granted', producerId: null }
  ])
  const back = after(
    speaking,
    { type: 'stage:suspended', userId: 'creator' },
    { type: 'show:interrupted', until: 5000 },
    { type: 'show:resumed' }
  )
  t.match(back, { status: 'live', until: null, stage: [{ userId: 'creator', state: 'granted' }] })
})

t.test('removal ends the co-host role, and the end of the show empties the room', async t => {
  const room = after(opening, { type: 'cohost:changed', userId: 'a', cohost: true }, requested(1, 'b'))
  t.equal(roleOf(room, 'a'), 'cohost')
  t.same(after(room, { type: 'member:removed', userId: 'a', ban: false, by: 'creator' }).cohostIds, [])
  t.match(after(room, { type: 'show:ended', reason: 'ended' }), {
    status: 'ended',
    stage: [],
    queue: [],
    queueLength: 0,
    invited: []
  })
})

t.test('the reducer never changes a state in place', async t => {
  const before = JSON.stringify(opening)
  after(opening, { type: 'show:started' }, granted('a'), requested(1, 'b'), {
    type: 'cohost:changed',
    userId: 'a',
    cohost: true
  })
  t.equal(JSON.stringify(opening), before)
})

t.test('a changed name is changed on stage, in the queue and in invitations', async t => {
  const name = { displayName: 'Another name', avatarUrl: '/v1/avatars/another' }
  const room = after(
    opening,
    granted('a'),
    requested(1, 'b'),
    requested(2, 'c'),
    { queue: { type: 'speak:invited', ...person('d'), by: 'creator' } },
    { type: 'stage:renamed', userId: 'a', ...name },
    { queue: { type: 'speak:renamed', userId: 'b', ...name } },
    { queue: { type: 'speak:renamed', userId: 'd', ...name } }
  )
  t.match(room.stage, [
    { userId: 'creator', displayName: 'creator' },
    { userId: 'a', ...name, state: 'granted' }
  ])
  t.match(room.queue, [
    { userId: 'b', ...name, position: 1 },
    { userId: 'c', displayName: 'c' }
  ])
  t.match(room.invited, [{ userId: 'd', ...name, by: 'creator' }])
})

t.test('an unknown event changes only the version', async t => {
  const room = after(opening, { type: 'show:started' }, requested(1, 'a'))
  for (const version of [{ version: 2 }, { queueVersion: 2 }]) {
    const news: StampedEvent = JSON.parse(
      JSON.stringify({ ...version, at, event: { type: 'stage:applauded', userId: 'a' } })
    )
    t.same(evolve(room, news), { ...room, ...version })
  }
})
