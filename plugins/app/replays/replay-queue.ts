import type { Filter } from 'mongodb'
import { opaqueId } from '../documents/opaque-id.ts'
import { noLease, type MixedReplay, type ReplayDocument, type ReplayTable } from './document.ts'

export type ReplayQueue = ReturnType<typeof createReplayQueue>

/**
 * The queue of replays that wait for mixing. It is in the store, so it survives the end of any server. A worker claims
 * a replay with a lease and renews the lease while it works, as for songs.
 */
export function createReplayQueue(replays: ReplayTable, { leaseMs, nowMs }: { leaseMs: number; nowMs: () => number }) {
  const leaseUntil = () => new Date(nowMs() + leaseMs)
  const heldBy = ({ _id, leaseToken, asked }: ReplayDocument): Filter<ReplayDocument> => ({
    _id,
    leaseToken,
    asked,
    state: 'waiting'
  })

  return {
    /** Claims the replay that waits longest. Returns null when none waits. */
    claim: async (): Promise<ReplayDocument | null> =>
      await replays.findOneAndUpdate(
        { state: 'waiting', leaseUntil: { $lte: new Date(nowMs()) } },
        { $set: { leaseToken: opaqueId(), leaseUntil: leaseUntil() }, $inc: { attempts: 1 } },
        { sort: { updatedAt: 1, _id: 1 }, returnDocument: 'after' }
      ),

    /** Returns false when the lease was lost, or another mixing was asked for. */
    renew: async (replay: ReplayDocument): Promise<boolean> =>
      (await replays.updateOne(heldBy(replay), { $set: { leaseUntil: leaseUntil() } })).matchedCount > 0,

    /** Returns the replay to the queue, from a time on. The attempt does not count. */
    async giveBack(replay: ReplayDocument, afterMs: number): Promise<void> {
      await replays.updateOne(heldBy(replay), {
        $set: { leaseToken: null, leaseUntil: new Date(nowMs() + afterMs) },
        $inc: { attempts: -1 }
      })
    },

    /**
     * Stores a mixed replay, to be checked once more. Returns false when the lease was lost, or another mixing was
     * asked for.
     */
    async finish(replay: ReplayDocument, mixed: MixedReplay): Promise<boolean> {
      const { matchedCount } = await replays.updateOne(heldBy(replay), {
        $set: { state: 'ready', mixed, isUnchecked: true, attempts: 0, ...noLease, updatedAt: new Date(nowMs()) },
        $inc: { version: 1 }
      })
      return matchedCount > 0
    },

    async fail(replay: ReplayDocument): Promise<void> {
      await replays.updateOne(heldBy(replay), {
        $set: { state: 'failed', attempts: 0, ...noLease, updatedAt: new Date(nowMs()) },
        $inc: { version: 1 }
      })
    },

    /** Adds the replay of a show, to be mixed, unless there is one. Returns whether it was added. */
    async add(showId: string, creatorId: string, stintIds: string[]): Promise<boolean> {
      const now = new Date(nowMs())
      const { upsertedCount } = await replays.updateOne(
        { _id: showId },
        {
          $setOnInsert: {
            creatorId,
            state: 'waiting',
            asked: 1,
            stintIds,
            cut: { from: null, to: null },
            publishedAt: null,
            hasCaptions: false,
            version: 1,
            ...noLease,
            attempts: 0,
            createdAt: now,
            updatedAt: now
          }
        },
        { upsert: true }
      )
      return upsertedCount > 0
    },

    /**
     * Asks for another mixing of the replays that match. From now on their old audio is not served. A server that mixes
     * one of them stops. Returns how many there were.
     */
    async ask(
      filter: Filter<ReplayDocument>,
      change: Partial<Pick<ReplayDocument, 'cut' | 'publishedAt' | 'stintIds'>> = {}
    ): Promise<number> {
      const { matchedCount } = await replays.updateMany(
        { $and: [filter, { state: { $ne: 'leaving' } }] },
        {
          $set: { ...change, state: 'waiting', attempts: 0, ...noLease, updatedAt: new Date(nowMs()) },
          $unset: { mixed: '' },
          $inc: { asked: 1, version: 1 }
        }
      )
      return matchedCount
    }
  }
}
