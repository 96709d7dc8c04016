import { evolve, type RoomState } from '../contract/room.ts'
import type { RoomEvent, StampedEvent } from '../contract/room-events.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import { withRoom, withSnapshot } from './room-view.ts'
import type { ViewStore } from './view-store.ts'

export interface FollowerParts {
  store: ViewStore
  nowMs: () => number
  /** Asks the server for the room as it is now. */
  fetchSnapshot: () => Promise<Snapshot>
  /** The room in the view is another one. */
  followed: (event: StampedEvent['event'] | null) => void
  /** Neither events nor a snapshot: only a new connection helps. */
  lost: () => void
}

/**
 * Keeps the room as it is: a snapshot, then every event after it through the reducer that the server runs too. What is not
 * newer is dropped; after a gap a snapshot is asked for, and what comes meanwhile waits for it.
 */
export class RoomFollower {
  readonly #parts: FollowerParts
  #waiting: StampedEvent[] | null = null
  /** Counts snapshots, so that an answer to an earlier connection is known. */
  #life = 0

  constructor(parts: FollowerParts) {
    this.#parts = parts
  }

  /** Starts from here: what a join answered. */
  take(snapshot: Snapshot): void {
    const { store, nowMs, followed } = this.#parts
    const waiting = this.#waiting ?? []
    this.#life++
    this.#waiting = null
    store.set(withSnapshot(store.view, snapshot, nowMs()))
    followed(null)
    for (const stamped of waiting) this.follow(stamped)
  }

  /** The connection is gone, and with it whatever was asked for or waits. */
  forget(): void {
    this.#life++
    this.#waiting = null
  }

  follow(stamped: StampedEvent): void {
    const { store, followed } = this.#parts
    const { room, me } = store.view
    if (this.#waiting) {
      this.#waiting.push(stamped)
      return
    }
    const missed = room ? missedBefore(stamped, room, me.isHost) : -1
    if (!room || missed < 0) return
    if (missed > 0) {
      this.#catchUp([stamped])
      return
    }
    store.set(withRoom(store.view, evolve(room, stamped)))
    followed(stamped.event)
    // Whoever becomes a host gets the whole queue; whoever is one no longer keeps only their own.
    if (changesHost(stamped.event, me.userId)) this.#catchUp([])
  }

  /** `queueLength` as it is told to those who don't see the queue; hosts count by its events. */
  count(listenerCount: number, queueLength: number): void {
    const { store } = this.#parts
    const { room, me } = store.view
    store.set({ listenerCount })
    if (room && !me.isHost) store.set(withRoom(store.view, { ...room, queueLength }))
  }

  /** The server said where in the queue a request stands: we saw only our own and may have counted wrong. */
  placed(requestId: string, position: number): void {
    const { store } = this.#parts
    const { room } = store.view
    if (!room?.queue.some(entry => entry.requestId === requestId)) return
    const queue = room.queue.map(entry => (entry.requestId === requestId ? { ...entry, position } : entry))
    store.set(withRoom(store.view, { ...room, queue, queueLength: Math.max(room.queueLength, position) }))
  }

  async #catchUp(waiting: StampedEvent[]): Promise<void> {
    if (this.#waiting) return
    this.#waiting = waiting
    const life = this.#life
    try {
      const snapshot = await this.#parts.fetchSnapshot()
      if (life === this.#life) this.take(snapshot)
    } catch {
      if (life === this.#life) this.#parts.lost()
    }
  }
}

/** How many events are missing before this one; below zero when it is known already. */
function missedBefore(stamped: StampedEvent, room: RoomState, isHost: boolean): number {
  if ('version' in stamped) return stamped.version - room.version - 1
  const missed = stamped.queueVersion - room.queueVersion - 1
  // Only hosts see every event of the queue; for anybody else a gap is what happened to others.
  return isHost ? missed : Math.min(missed, 0)
}

function changesHost(
  event: StampedEvent['event'],
  userId: string
): event is Extract<RoomEvent, { type: 'cohost:changed' }> {
  return event.type === 'cohost:changed' && event.userId === userId
}
