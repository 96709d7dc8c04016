import t from 'tap'
import { QueueEvent } from '../../../contract/room-events.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import { decide } from '../../../realtime/room/decide.ts'
import type { LoggedEvent } from '../../../realtime/room/events.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { createServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { applyAndAnnounce, createRoomAnnouncer } from '../../../realtime/rooms/room-announcer.ts'
import { standIn } from '../live/stand-in.ts'
import { creator, limits, profile, showWith } from './people.ts'

const before = createServerRoomState(openingState(showWith(1), 0), limits, [])

/** The types of queue events that every running build knows. */
const knownTypes = [
  'speak:requested',
  'speak:withdrawn',
  'speak:rejected',
  'speak:invited',
  'speak:renamed',
  'comments:muted',
  'member:unbanned',
  'voice:recorded'
]

t.test('a queue event that earlier builds do not know is marked as private', async t => {
  const unmarked = QueueEvent.anyOf.filter(({ required }: { required: readonly string[] }) => {
    return !required.includes('isPrivate')
  })
  t.same(
    unmarked.map(({ properties }) => properties.type.const),
    knownTypes
  )
})

t.test('a queue event of a later build reaches hosts and the person concerned only', async t => {
  const sent: unknown[] = []
  const announcer = createRoomAnnouncer({
    delivery: standIn({
      toShow: (_showId: string, event: string) => sent.push(event),
      toPeople: (_showId: string, userIds: string[], event: string) => sent.push([event, ...userIds])
    }),
    audio: { leave() {} },
    beforeEnd() {}
  })
  const later = standIn<LoggedEvent>({ type: 'member:warned', userId: 'listener', by: creator, isPrivate: true })
  const { room } = applyAndAnnounce(before, later, 1, announcer)
  t.same(sent, [['queue:event', creator, 'listener']])
  t.same([room.version, room.queueVersion], [before.room.version, before.room.queueVersion + 1])
})

t.test('a command of a later build is answered as unavailable', async t => {
  const actor = { kind: 'member', ...profile(creator), presenceId: 'node_creator' } as const
  for (const type of ['show:split', 'constructor']) {
    t.match(decide(before, actor, standIn<Command>({ type }), 1), { code: 'UNAVAILABLE' }, type)
  }
})
