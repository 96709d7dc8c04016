import type { Collection } from 'mongodb'
import type { SongFailure, SongFailureDetail } from '../../../contract/songs.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { noLease, type SongDocument } from './document.ts'
import { taggedFields, unchanged, type ArtistKeyOf } from './song-fields.ts'
import type { SongQuota } from './song-quota.ts'

/** Fields that transcoding adds to a song's document. */
export type TranscodedFields = Pick<
  SongDocument,
  'title' | 'artist' | 'album' | 'durationMs' | 'peaks' | 'sizeBytes' | 'audioBytes' | 'hasArtwork'
>

export interface SongQueueParts {
  songs: Collection<SongDocument>
  quota: SongQuota
  leaseMs: number
  artistKeyOf: ArtistKeyOf
}

export type SongQueue = ReturnType<typeof createSongQueue>

/**
 * The queue of uploads that wait for transcoding. It is in the store, so it survives the end of any server. A worker
 * claims a song with a lease and renews the lease while it works; another worker may claim the song once the lease has
 * expired.
 */
export function createSongQueue({ songs, quota, leaseMs, artistKeyOf }: SongQueueParts) {
  const leaseUntil = () => new Date(Date.now() + leaseMs)
  const heldBy = ({ _id, leaseToken }: SongDocument) => ({ _id, leaseToken, state: 'processing' as const })

  async function claimOf(ownerId: string): Promise<SongDocument | null> {
    return await songs.findOneAndUpdate(
      { ownerId, state: 'processing', leaseUntil: { $lt: new Date() } },
      { $set: { leaseToken: opaqueId(), leaseUntil: leaseUntil() }, $inc: { attempts: 1 } },
      { sort: { createdAt: 1, _id: 1 }, returnDocument: 'after' }
    )
  }

  async function findWaitingOwners(): Promise<string[]> {
    const waiting = songs.find(
      { state: 'processing', leaseUntil: { $lt: new Date() } },
      { projection: { _id: 0, ownerId: 1 } }
    )
    const ownerIds = new Set<string>()
    for await (const { ownerId } of waiting) ownerIds.add(ownerId)
    return [...ownerIds]
  }

  return {
    /**
     * Claims the next song: the oldest one of the owner who was served least recently. Returns null when no song waits.
     */
    async claim(): Promise<SongDocument | null> {
      let ownerIds = await findWaitingOwners()
      for (
        let ownerId = await quota.findNextOwner(ownerIds);
        ownerId !== undefined;
        ownerId = await quota.findNextOwner(ownerIds)
      ) {
        const song = await claimOf(ownerId)
        if (song) {
          await quota.markServed(ownerId)
          return song
        }
        ownerIds = ownerIds.filter(id => id !== ownerId)
      }
      return null
    },

    /** Returns false when the lease was lost. */
    renew: async (song: SongDocument): Promise<boolean> =>
      (await songs.updateOne(heldBy(song), { $set: { leaseUntil: leaseUntil() } })).matchedCount > 0,

    /** Returns the song to the queue. The attempt does not count. */
    async giveBack(song: SongDocument): Promise<void> {
      await songs.updateOne(heldBy(song), { $set: noLease, $inc: { attempts: -1 } })
    },

    /**
     * Stores the result of transcoding, except for fields that the owner typed meanwhile. Returns false when the lease
     * was lost.
     */
    async finish(song: SongDocument, fields: TranscodedFields, spareOriginal: boolean): Promise<boolean> {
      for (;;) {
        const current = await songs.findOne(heldBy(song))
        if (!current) return false
        const { matchedCount } = await songs.updateOne(
          { ...heldBy(song), ...unchanged(current) },
          {
            $set: {
              ...fields,
              ...taggedFields(current, fields, artistKeyOf),
              state: 'ready',
              reason: null,
              ...noLease,
              ...(spareOriginal && { spareOriginal })
            }
          }
        )
        if (matchedCount > 0) return true
      }
    },

    /** Marks the song as failed. Returns false when the lease was lost. */
    async fail(song: SongDocument, reason: SongFailure, failure: SongFailureDetail | null): Promise<boolean> {
      const { matchedCount } = await songs.updateOne(heldBy(song), {
        $set: { state: 'failed', reason, ...(failure && { failure }), sizeBytes: 0, ...noLease, spareOriginal: true }
      })
      return matchedCount > 0
    }
  }
}
