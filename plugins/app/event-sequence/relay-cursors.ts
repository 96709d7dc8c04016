import type { SequenceStream } from '../../../contract/event-sequence.ts'

/** The places of the last relayed records of a show. */
export type RelayCursor = Record<SequenceStream, number> & {
  /** Time at which its end was relayed, ms since the epoch; null before. */
  endedAt: number | null
}

/**
 * The places up to which shows are relayed. One node at a time has the lease of a show. Two that relay at once do no
 * harm: each begins at the stored cursor, so consumers see records again, but in order.
 */
export interface RelayCursors {
  /**
   * Opens a show, and takes its lease from whichever node has it: this node becomes the home. Must be stored before
   * the home writes anything, so that no show is missed.
   */
  open(showId: string): Promise<RelayCursor>
  /** Takes the lease of a show from another node, and opens a closed show again. Undefined for a deleted show. */
  acquire(showId: string): Promise<RelayCursor | undefined>
  /** Takes a lease that is over. Undefined when another node has it now. */
  acquireAbandoned(showId: string): Promise<RelayCursor | undefined>
  /** Moves a cursor from one place to another. False when another node has the lease, or the show is deleted. */
  move(showId: string, stream: SequenceStream, from: number, to: number, endedAt: number | null): Promise<boolean>
  /** Closes a show whose last records are relayed. */
  close(showId: string, cursor: RelayCursor): Promise<void>
  /** Prolongs the leases of this node. */
  renew(): Promise<void>
  /** Returns shows whose lease is over: their node is gone. */
  findAbandoned(): Promise<string[]>
  /** Gives up the leases of this node, so that others need not wait until they are over. */
  release(): Promise<void>
  remove(showId: string): Promise<void>
}

/** Returns the places of the last stored records of a show, in each stream. */
export type FindTails = (showId: string) => Promise<Record<SequenceStream, number>>

/**
 * Returns cursors in memory, for a sink that has what was stored before, or reads it by itself: a show that is opened
 * is relayed from its last stored records on.
 */
export function createMemoryCursors(findTails: FindTails): RelayCursors {
  const cursors = new Map<string, RelayCursor>()

  function keep(showId: string, places: Record<SequenceStream, number>): RelayCursor {
    const cursor = cursors.get(showId) ?? { ...places, endedAt: null }
    cursors.set(showId, cursor)
    return { ...cursor }
  }

  // A closed show got new records, nobody knows how many: the sink ignores those that it has.
  const acquire = async (showId: string) => keep(showId, { log: 0, audience: 0 })

  return {
    open: async showId => keep(showId, await findTails(showId)),
    acquire,
    acquireAbandoned: acquire,
    async move(showId, stream, from, to, endedAt) {
      const cursor = cursors.get(showId)
      if (cursor?.[stream] !== from) return false
      cursor[stream] = to
      cursor.endedAt = endedAt
      return true
    },
    async close(showId) {
      cursors.delete(showId)
    },
    renew: async () => {},
    findAbandoned: async () => [],
    release: async () => {},
    async remove(showId) {
      cursors.delete(showId)
    }
  }
}
