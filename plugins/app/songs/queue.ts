import type { Collection } from 'mongodb'
import type { SongFailure } from '../../../contract/songs.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { nobodysLease, type SongDocument } from './document.ts'
import type { Shelves } from './song-quota.ts'

/** What became of an upload. */
export type Made = Pick<
  SongDocument,
  'title' | 'artist' | 'album' | 'durationMs' | 'peaks' | 'sizeBytes' | 'audioBytes' | 'hasArtwork' | 'words'
>

export type SongQueue = ReturnType<typeof createSongQueue>

/**
 * The uploads that wait to be made songs, in the store, so that they outlast every server. Who takes one has it for the time of a lease,
 * and again for as long as they say so; one that was not heard of in time is anybody's again.
 */
export function createSongQueue(songs: Collection<SongDocument>, shelves: Shelves, leaseMs: number) {
  const lease = () => new Date(Date.now() + leaseMs)
  const mine = ({ _id, leaseToken }: SongDocument) => ({ _id, leaseToken, state: 'processing' as const })

  async function claimOf(ownerId: string): Promise<SongDocument | null> {
    return await songs.findOneAndUpdate(
      { ownerId, state: 'processing', leaseUntil: { $lt: new Date() } },
      { $set: { leaseToken: opaqueId(), leaseUntil: lease() }, $inc: { attempts: 1 } },
      { sort: { createdAt: 1, _id: 1 }, returnDocument: 'after' }
    )
  }

  return {
    /** The next to work on: of who waited the longest since something of theirs was taken up, the oldest. Null when nobody waits. */
    async claim(): Promise<SongDocument | null> {
      let ownerIds = await songs.distinct('ownerId', { state: 'processing', leaseUntil: { $lt: new Date() } })
      for (
        let ownerId = await shelves.longestUnserved(ownerIds);
        ownerId !== undefined;
        ownerId = await shelves.longestUnserved(ownerIds)
      ) {
        const song = await claimOf(ownerId)
        if (song) {
          await shelves.noteServed(ownerId)
          return song
        }
        ownerIds = ownerIds.filter(id => id !== ownerId)
      }
      return null
    },

    /** False when it is not theirs any more. */
    renew: async (song: SongDocument): Promise<boolean> =>
      (await songs.updateOne(mine(song), { $set: { leaseUntil: lease() } })).matchedCount > 0,

    /** Puts it back as it was, for somebody else or later; it does not count as a try. */
    async giveBack(song: SongDocument): Promise<void> {
      await songs.updateOne(mine(song), { $set: nobodysLease, $inc: { attempts: -1 } })
    },

    /** It is a song now; false when it is not theirs any more. */
    async finish(song: SongDocument, made: Made, spareOriginal: boolean): Promise<boolean> {
      const { matchedCount } = await songs.updateOne(mine(song), {
        $set: { ...made, state: 'ready', reason: null, ...nobodysLease, ...(spareOriginal && { spareOriginal }) }
      })
      return matchedCount > 0
    },

    /** It becomes none; false when it is not theirs any more. */
    async fail(song: SongDocument, reason: SongFailure): Promise<boolean> {
      const { matchedCount } = await songs.updateOne(mine(song), {
        $set: { state: 'failed', reason, sizeBytes: 0, ...nobodysLease, spareOriginal: true }
      })
      return matchedCount > 0
    }
  }
}
