import assert from 'node:assert/strict'
import { evolve, isHost, roleOf, speakStateOf, type RoomState } from '../../../contract/room.ts'
import type { StampedEvent } from '../../../contract/room-events.ts'
import type { Snapshot } from '../../../contract/snapshot.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { snapshotFor } from '../../../realtime/room/snapshot.ts'
import type { Step } from './runner.ts'

/** One person's client: what it got when it joined, and what it makes of the events it was sent. */
interface Client {
  readonly session: string
  room: RoomState
}

/** Everybody's clients, kept up as the contract says they are: a snapshot at the join, events after it, a resync for a new co-host. */
export interface Clients {
  follow(step: Step): void
}

export function createClients(): Clients {
  const clients = new Map<string, Client>()

  function receive(userId: string, client: Client, stamped: StampedEvent): void {
    if ('version' in stamped) assert.equal(stamped.version, client.room.version + 1, `${userId} misses a room event`)
    else if (isHost(client.room, userId)) {
      assert.equal(stamped.queueVersion, client.room.queueVersion + 1, `${userId} misses a queue event`)
    }
    client.room = evolve(client.room, wire(stamped))
  }

  function settle({ after, at }: Step): void {
    for (const { userId, presenceId } of after.members.values()) {
      const client = clients.get(userId)
      if (presenceId === null) clients.delete(userId)
      else if (client?.session !== presenceId) {
        clients.set(userId, { session: presenceId, room: joined(after, userId, at) })
      }
    }
    for (const userId of clients.keys()) if (!after.members.has(userId)) clients.delete(userId)
  }

  return {
    follow(step) {
      const { stamped, after, at } = step
      if (step.lost) clients.clear()
      for (const event of stamped) {
        for (const [userId, client] of clients) if (isFor(event, client.room, userId)) receive(userId, client, event)
      }
      for (const { event } of stamped) {
        const promoted = event.type === 'cohost:changed' ? clients.get(event.userId) : undefined
        if (promoted && event.type === 'cohost:changed') promoted.room = joined(after, event.userId, at)
      }
      // Who is told of the end is not in the show any more.
      for (const [userId, client] of clients) agree(client.room, after, userId)
      settle(step)
    }
  }
}

/** Room events go to everyone; queue events to the creator, the co-hosts and the person concerned. */
function isFor(stamped: StampedEvent, room: RoomState, userId: string): boolean {
  return 'version' in stamped || isHost(room, userId) || stamped.event.userId === userId
}

/** What travels is JSON. */
function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

/** The room as a client has it from a snapshot. */
function joined(state: ServerRoomState, userId: string, at: number): RoomState {
  const { me, listenerCount, serverTime, ...room }: Snapshot = wire(snapshotFor(state, userId, at))
  return room
}

/** A host sees the room the server has; anybody else sees the same but for those who wait with them. */
function agree(seen: RoomState, { room }: ServerRoomState, userId: string): void {
  assert.deepEqual(
    isHost(room, userId) ? seen : ownPart(seen, userId),
    isHost(room, userId) ? room : ownPart(room, userId),
    `${userId} sees another room`
  )
  assert.deepEqual(
    [roleOf(seen, userId), speakStateOf(seen, userId)],
    [roleOf(room, userId), speakStateOf(room, userId)]
  )
}

/** What an ordinary listener is kept up with. How many wait, and so one's position, is told in numbers and not in events. */
function ownPart({ queueVersion, queueLength, queue, invited, commentMutedIds, ...room }: RoomState, userId: string) {
  return {
    ...room,
    queue: queue.filter(entry => entry.userId === userId).map(({ position, ...entry }) => entry),
    invited: invited.filter(entry => entry.userId === userId),
    commentMutedIds: commentMutedIds.filter(mutedId => mutedId === userId)
  }
}
