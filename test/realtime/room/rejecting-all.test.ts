import t from 'tap'
import type { RoomState } from '../../../contract/room.ts'
import type { MemberActor } from '../../../realtime/room/commands.ts'
import { apply } from '../../../realtime/room/apply.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { candidates, creator, limits, listeners, profile, showWith } from './people.ts'

const [cohost, waitingCohost] = candidates
const actorOf = (userId: string): MemberActor => ({ kind: 'member', ...profile(userId), presenceId: `node_${userId}` })

/** A show with a co-host, in which two listeners, another co-host, and one more listener have asked to speak. */
function roomWith(changed: Partial<RoomState> = {}): ServerRoomState {
  const asking = [listeners[0], listeners[1], waitingCohost, listeners[2]]
  const queue = asking.map((userId, index) => ({
    requestId: `r${index + 1}`,
    ...profile(userId),
    reason: '',
    requestedAt: index,
    position: index + 1
  }))
  const opening = createServerRoomState(openingState(showWith(3), 0), limits, [])
  const room: RoomState = {
    ...opening.room,
    status: 'live',
    cohostIds: [...candidates],
    queue,
    queueLength: queue.length,
    ...changed
  }
  const hosts = [creator, cohost].map(userId => ({ type: 'member:arrived', member: actorOf(userId) }) as const)
  const before: ServerRoomState = { ...opening, room, requestCount: queue.length }
  return hosts.reduce((state, event) => apply(state, event, 0), before)
}

/** Returns the requests that stay; the code of a refusal. */
function left(state: ServerRoomState, by: string, upTo?: string): string {
  const command = { type: 'speak:rejectAll', ...(upTo !== undefined && { upTo }) } as const
  const decision = decide(state, actorOf(by), command, 1)
  if (isRefusal(decision)) return decision.code
  const { room } = decision.reduce((current, event) => apply(current, event, 1), state)
  return room.queue.map(({ requestId }) => requestId).join(' ')
}

t.test('a host rejects all requests, or those up to the last one that they have seen', async t => {
  const state = roomWith()
  t.equal(left(state, creator), '')
  t.equal(left(state, creator, 'r2'), 'r3 r4')
  t.equal(left(state, creator, 'r4'), '')
  t.equal(left(state, creator, 'r5'), 'NOT_FOUND')
  t.equal(left(state, listeners[0]), 'NOT_IN_SHOW')
})

t.test('a co-host who rejects all leaves the requests of other co-hosts in line, unless they own the room', async t => {
  t.equal(left(roomWith(), cohost), 'r3')
  t.equal(left(roomWith(), cohost, 'r1'), 'r2 r3 r4')
  t.equal(left(roomWith({ ownerId: cohost }), cohost), '')
  t.equal(left(roomWith({ ownerId: cohost }), creator), 'r3', 'a creator who has handed the show over')
})
