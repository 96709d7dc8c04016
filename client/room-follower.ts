import { evolve, type RoomState } from '../contract/room.ts'
import type { RoomEvent, StampedEvent } from '../contract/room-events.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import { decisionOf } from './decisions.ts'
import { recordingEndOf, withRoom, withSnapshot } from './room-view.ts'
import type { ViewStore } from './view-store.ts'

export interface RoomFollowerParts {
  store: ViewStore
  nowMs: () => number
  /** Requests the current state of the room from the server. */
  fetchSnapshot: () => Promise<Snapshot>
  /** The room in the view has changed, by this event or, with null, by a snapshot. */
  onChange: (event: StampedEvent['event'] | null) => void
  /** A snapshot could not be fetched: only a new connection helps. */
  onOutOfSync: () => void
}

/**
 * Keeps the room in the view up to date: a snapshot, then each later event through the reducer that the server uses
 * too. Drops events that are not newer. After a gap it requests a snapshot, and events that arrive meanwhile wait for
 * it.
 */
export class RoomFollower {
  readonly #parts: RoomFollowerParts
  /** The events that wait for a snapshot. Null when none is requested. */
  #waiting: StampedEvent[] | null = null
  /** Changes with each snapshot and each lost connection, so that responses to earlier requests are ignored. */
  #generation = 0

  constructor(parts: RoomFollowerParts) {
    this.#parts = parts
  }

  /** Starts from a snapshot, then applies the waiting events. */
  applySnapshot(snapshot: Snapshot): void {
    const { store, nowMs, onChange } = this.#parts
    const waiting = this.#waiting ?? []
    this.#generation++
    this.#waiting = null
    store.set(withSnapshot(store.view, snapshot, nowMs()))
    onChange(null)
    for (const stamped of waiting) this.receive(stamped)
  }

  /** Called when the connection is lost: drops waiting events and requests. */
  reset(): void {
    this.#generation++
    this.#waiting = null
  }

  /** Applies an event from the server. */
  receive(stamped: StampedEvent): void {
    const { store, nowMs, onChange } = this.#parts
    const { room, me } = store.view
    if (this.#waiting) {
      this.#waiting.push(stamped)
      return
    }
    const missedCount = room ? countMissed(stamped, room, me.isHost) : -1
    if (!room || missedCount < 0) return
    if (missedCount > 0) {
      this.#resync([stamped])
      return
    }
    store.set({
      ...withRoom(store.view, evolve(room, stamped)),
      ...recordingEndOf(stamped.event),
      ...decisionOf(stamped.event, store.view, nowMs())
    })
    onChange(stamped.event)
    // A new host needs the whole queue. A former host keeps only their own request.
    if (changesHost(stamped.event, me.userId)) this.#resync([])
  }

  /** Sets the counts of an `audience` event. Hosts count the queue by its events instead. */
  setAudience(listenerCount: number, queueLength: number): void {
    const { store } = this.#parts
    const { room, me } = store.view
    store.set({ listenerCount })
    if (room && !me.isHost) store.set(withRoom(store.view, { ...room, queueLength }))
  }

  /**
   * Sets the position of a request as the server names it. Listeners do not see the other requests and may count wrong.
   */
  setQueuePosition(requestId: string, position: number): void {
    const { store } = this.#parts
    const { room } = store.view
    if (!room?.queue.some(entry => entry.requestId === requestId)) return
    const queue = room.queue.map(entry => (entry.requestId === requestId ? { ...entry, position } : entry))
    store.set(withRoom(store.view, { ...room, queue, queueLength: Math.max(room.queueLength, position) }))
  }

  async #resync(waiting: StampedEvent[]): Promise<void> {
    if (this.#waiting) return
    this.#waiting = waiting
    const generation = this.#generation
    try {
      const snapshot = await this.#parts.fetchSnapshot()
      if (generation === this.#generation) this.applySnapshot(snapshot)
    } catch {
      if (generation === this.#generation) this.#parts.onOutOfSync()
    }
  }
}

/** Returns the number of events missing before this one. Negative when the event is already applied. */
function countMissed(stamped: StampedEvent, room: RoomState, isHost: boolean): number {
  // Events backstage are counted apart, so a start follows any version.
  if (stamped.event.type === 'show:started') return room.status === 'scheduled' ? 0 : -1
  if ('version' in stamped) return stamped.version - room.version - 1
  const missedCount = stamped.queueVersion - room.queueVersion - 1
  // Only hosts receive every event of the queue. For others, a gap is events that concern other members.
  return isHost ? missedCount : Math.min(missedCount, 0)
}

function changesHost(
  event: StampedEvent['event'],
  userId: string
): event is Extract<RoomEvent, { type: 'cohost:changed' }> {
  return event.type === 'cohost:changed' && event.userId === userId
}
