import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import type { OccasionDocument, OccasionKind, QueueTables } from './documents.ts'

/** An occasion that a node works on until its time. */
export type ClaimedOccasion = OccasionDocument & { nextAt: Date }

export interface Occasion {
  showId: string
  creatorId: string
  kind: OccasionKind
  at: Date
  /** Tells apart those that a show may have several times, since its planned time can change. */
  round?: number
}

/** Followers are told of one show of a creator in this time, so that starting shows is no way to disturb them. */
const minPauseMs = 3_600_000

export type OccasionQueue = ReturnType<typeof createOccasionQueue>

/**
 * The queue of occasions whose followers have no messages yet. It is in the store, so it survives the end of any
 * server. A node claims an occasion for the time of a lease.
 */
export function createOccasionQueue(
  { occasions, announcements }: Pick<QueueTables, 'occasions' | 'announcements'>,
  nowMs: () => number
) {
  /**
   * Makes a show the last announced one of its creator. Safe to repeat, on any node. Throws the error of a duplicate
   * key when followers were told of another one too short a time before.
   */
  async function announce({ showId, creatorId, at }: Occasion): Promise<void> {
    const before = new Date(at.getTime() - minPauseMs)
    await announcements.updateOne(
      { _id: creatorId, $or: [{ showId }, { at: { $lte: before } }] },
      { $set: { showId, at } },
      { upsert: true }
    )
  }

  return {
    /**
     * Adds an occasion, unless it is known. Adds no start of which followers are told, if they were told of another
     * show of the creator within an hour.
     */
    async add(occasion: Occasion): Promise<void> {
      const { showId, creatorId, kind, at, round } = occasion
      const now = new Date(nowMs())
      try {
        if (kind === 'started') await announce(occasion)
        await occasions.updateOne(
          { _id: `${showId}:${kind}${round ?? ''}` },
          {
            $setOnInsert: {
              showId,
              creatorId,
              kind,
              at,
              ...(round !== undefined && { round }),
              cursor: null,
              nextAt: now,
              createdAt: now
            }
          },
          { upsert: true }
        )
      } catch (error) {
        // Told too recently, or another node adds it at the same time.
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
