import assert from 'node:assert/strict'
import { evolve, isHost, roleOf, speakStateOf, type RoomState } from '../../../contract/room.ts'
import type { StampedEvent } from '../../../contract/room-events.ts'
import type { Snapshot } from '../../../contract/snapshot.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { snapshotFor } from '../../../realtime/room/snapshot.ts'
import type { Step } from './runner.ts'

/** One person's client: the room it received when it joined, advanced by the events it was sent. */
interface Client {
  readonly presenceId: string
  room: RoomState
}

/**
 * The clients of all members, kept up to date as the contract describes: a snapshot with the join, the events after it,
 * and a resync for a new co-host.
 */
export interface Clients {
  /** Delivers a step's events and compares every client with the server. */
  follow(step: Step): void
}

export function createClients(): Clients {
  const clients = new Map<string, Client>()

  function receive(userId: string, client: Client, stamped: StampedEvent): void {
    if ('version' in stamped) assert.equal(stamped.version, client.room.version + 1, `${userId} misses a room event`)
    else if (isHost(client.room, userId)) {
      assert.equal(stamped.queueVersion, client.room.queueVersion + 1, `${userId} misses a queue event`)
    }
    client.room = evolve(client.room, overTheWire(stamped))
  }

  function updatePresences({ after, at }: Step): void {
    for (const { userId, presenceId } of after.members.values()) {
      const client = clients.get(userId)
      if (presenceId === null) clients.delete(userId)
      else if (client?.presenceId !== presenceId) {
        clients.set(userId, { presenceId, room: roomFromSnapshot(after, userId, at) })
      }
    }
    for (const userId of clients.keys()) if (!after.members.has(userId)) clients.delete(userId)
  }

  return {
    follow(step) {
      const { stamped, after, at } = step
      if (step.stateBeforeRestart) {
        // The people who are still connected have the room that the log restores.
        for (const [userId, { presenceId }] of clients) {
          if (after.members.get(userId)?.presenceId !== presenceId) clients.delete(userId)
        }
      }
      for (const event of stamped) {
        for (const [userId, client] of clients) {
          if (isRecipient(event, client.room, userId)) receive(userId, client, event)
        }
      }
      for (const { event } of stamped) {
        const promoted = event.type === 'cohost:changed' ? clients.get(event.userId) : undefined
        if (promoted && event.type === 'cohost:changed') promoted.room = roomFromSnapshot(after, event.userId, at)
      }
      // Members receive the end of the show, although they are not in it any more.
      for (const [userId, client] of clients) assertSameRoom(client.room, after, userId)
      updatePresences(step)
    }
  }
}

/** Everybody receives room events; hosts and the person concerned receive queue events. */
function isRecipient(stamped: StampedEvent, room: RoomState, userId: string): boolean {
  return 'version' in stamped || isHost(room, userId) || stamped.event.userId === userId
}

/** The value as it arrives at a client, which receives JSON. */
function overTheWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

/** The room a client has from a snapshot. */
function roomFromSnapshot(state: ServerRoomState, userId: string, at: number): RoomState {
  const { me, listenerCount, serverTime, ...room }: Snapshot = overTheWire(snapshotFor(state, userId, at))
  return room
}

/** A host sees the same room as the server. Other members see the same, except for the other people in the queue. */
function assertSameRoom(seen: RoomState, { room }: ServerRoomState, userId: string): void {
  assert.deepEqual(
    isHost(room, userId) ? seen : withOwnEntries(seen, userId),
    isHost(room, userId) ? room : withOwnEntries(room, userId),
    `${userId} sees another room`
  )
  assert.deepEqual(
    [roleOf(seen, userId), speakStateOf(seen, userId)],
    [roleOf(room, userId), speakStateOf(room, userId)]
  )
}

/**
 * The part of the room that the events keep up to date for a listener. The length of the queue, and with it the
 * listener's position, is sent as a number and not by events.
 */
function withOwnEntries(
  { queueVersion, queueLength, queue, invited, commentMutedIds, unrecordedIds = [], ...room }: RoomState,
  userId: string
) {
  return {
    ...room,
    queue: queue.filter(entry => entry.userId === userId).map(({ position, ...entry }) => entry),
    invited: invited.filter(entry => entry.userId === userId),
    commentMutedIds: commentMutedIds.filter(mutedId => mutedId === userId),
    unrecordedIds: unrecordedIds.filter(unrecordedId => unrecordedId === userId)
  }
}
