import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import type { OccasionDocument, OccasionKind, QueueTables } from './documents.ts'

/** An occasion that a node works on until its time. */
export type ClaimedOccasion = OccasionDocument & { nextAt: Date }

export interface Occasion {
  showId: string
  creatorId: string
  kind: OccasionKind
  at: Date
}

export type OccasionQueue = ReturnType<typeof createOccasionQueue>

/**
 * The queue of occasions whose followers have no messages yet. It is in the store, so it survives the end of any
 * server. A node claims an occasion for the time of a lease.
 */
export function createOccasionQueue({ occasions }: Pick<QueueTables, 'occasions'>, nowMs: () => number) {
  return {
    /** Adds an occasion, unless it is known. */
    async add({ showId, creatorId, kind, at }: Occasion): Promise<void> {
      const now = new Date(nowMs())
      try {
        await occasions.updateOne(
          { _id: `${showId}:${kind}` },
          { $setOnInsert: { showId, creatorId, kind, at, cursor: null, nextAt: now, createdAt: now } },
          { upsert: true }
        )
      } catch (error) {
        // Another node adds it at the same time.
        if (!isDuplicateKey(error)) throw error
      }
    },

    /** Claims the occasion that has waited longest. Returns null when none waits. */
    async claim(leaseMs: number): Promise<ClaimedOccasion | null> {
      const now = nowMs()
      const found = await occasions.findOneAndUpdate(
        { nextAt: { $lte: new Date(now) } },
        { $set: { nextAt: new Date(now + leaseMs) } },
        { sort: { nextAt: 1 }, returnDocument: 'after' }
      )
      return found?.nextAt ? { ...found, nextAt: found.nextAt } : null
    },

    /** Keeps how far a claimed occasion is, for another lease. Returns null when another node has it. */
    async advance(occasion: ClaimedOccasion, cursor: string, leaseMs: number): Promise<ClaimedOccasion | null> {
      const nextAt = new Date(nowMs() + leaseMs)
      const { matchedCount } = await occasions.updateOne(
        { _id: occasion._id, nextAt: occasion.nextAt },
        { $set: { cursor, nextAt } }
      )
      return matchedCount > 0 ? { ...occasion, cursor, nextAt } : null
    },

    /** Marks a claimed occasion as done: all followers have their messages in the queue. */
    async finish({ _id, nextAt }: ClaimedOccasion): Promise<void> {
      await occasions.updateOne({ _id, nextAt }, { $unset: { nextAt: '' } })
    }
  }
}
