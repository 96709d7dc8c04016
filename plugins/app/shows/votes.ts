import type { AnyBulkWriteOperation, Db } from 'mongodb'
import { deleteInSlices, slicesOf } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'

/** A person's choice in a ballot of a live show. In the collection `showVotes`, until nobody needs it any more. */
interface VoteDocument {
  /** `showId:ballotId:userId`. */
  _id: string
  showId: string
  /** The poll, or the request of a song. */
  ballotId: string
  userId: string
  choice: number
  at: Date
}

/** A person's choice in a ballot; null takes it back. */
export interface StoredVote {
  readonly ballotId: string
  readonly userId: string
  readonly choice: number | null
}

export type Votes = Awaited<ReturnType<typeof createVotes>>

/** Stores the votes in live shows, apart from their logs, so that they survive a restart and can be erased. */
export async function createVotes(db: Db) {
  const votes = db.collection<VoteDocument>('showVotes')
  await votes.createIndex({ showId: 1, ballotId: 1 })
  await votes.createIndex({ userId: 1, showId: 1 })

  function writeOf(showId: string, { ballotId, userId, choice }: StoredVote): AnyBulkWriteOperation<VoteDocument> {
    const filter = { _id: `${showId}:${ballotId}:${userId}` }
    if (choice === null) return { deleteOne: { filter } }
    return {
      updateOne: { filter, update: { $set: { showId, ballotId, userId, choice, at: new Date() } }, upsert: true }
    }
  }

  return {
    /** Stores votes, each in place of the earlier one of its person in its ballot. Safe to repeat. */
    async store(showId: string, cast: readonly StoredVote[]): Promise<void> {
      for (const slice of slicesOf(cast)) {
        await votes.bulkWrite(
          slice.map(vote => writeOf(showId, vote)),
          { ordered: false }
        )
      }
    },

    /** Yields the votes of a show, in no order. */
    async *ofShow(showId: string): AsyncGenerator<StoredVote & { choice: number }> {
      const projection = { _id: 0, ballotId: 1, userId: 1, choice: 1 } as const
      for await (const { ballotId, userId, choice } of votes.find({ showId }, { projection })) {
        yield { ballotId, userId, choice }
      }
    },

    /** Returns a person's choices in a show by ballot. */
    async ofPerson(showId: string, userId: string): Promise<Map<string, number>> {
      const own = await votes.find({ userId, showId }).toArray()
      return new Map(own.map(({ ballotId, choice }) => [ballotId, choice]))
    },

    async removeBallot(showId: string, ballotId: string): Promise<void> {
      await deleteInSlices(votes, { showId, ballotId })
    },

    async removeOfShow(showId: string): Promise<void> {
      await deleteInSlices(votes, { showId })
    },

    personalData: {
      export: userId =>
        exportedRecords(votes, { userId }, ({ showId, ballotId, choice, at }) => ({ showId, ballotId, choice, at }), {
          sort: { showId: 1 }
        }),
      erase: async userId => await deleteInSlices(votes, { userId })
    } satisfies PersonalDataKeeper
  }
}
