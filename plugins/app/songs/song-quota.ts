import type { Collection, Db, Document } from 'mongodb'

/**
 * Space that a person's songs use, in the collection `songShelves`. `held` has the bytes of each song, so that no song
 * is counted or released twice.
 */
interface QuotaDocument {
  /** The owner's id. */
  _id: string
  usedBytes: number
  held: Record<string, number>
  /**
   * When a song of this person was last claimed for transcoding. It starts with the first upload, so that a stream of
   * new people does not delay everybody else.
   */
  servedAt: Date
}

export type SongQuota = ReturnType<typeof createSongQuota>

/** Limits the space for each person's songs. Each change is one conditional update, safe for concurrent uploads. */
export function createSongQuota(db: Db, maxBytesPerPerson: number) {
  const quotas: Collection<QuotaDocument> = db.collection('songShelves')

  const field = (songId: string) => `held.${songId}`

  async function update(filter: Document, change: Document): Promise<boolean> {
    return (await quotas.updateOne(filter, change)).matchedCount > 0
  }

  async function findReserved(ownerId: string, songId: string): Promise<number | undefined> {
    const document = await quotas.findOne({ _id: ownerId }, { projection: { [field(songId)]: 1 } })
    return document?.held[songId]
  }

  return {
    /**
     * Reserves space for a song. Returns false when there is not enough.
     * @param mayExceed reserves the space in any case
     */
    async reserve(ownerId: string, songId: string, bytes: number, mayExceed = false): Promise<boolean> {
      if (bytes > maxBytesPerPerson && !mayExceed) return false
      await quotas.updateOne(
        { _id: ownerId },
        { $setOnInsert: { usedBytes: 0, held: {}, servedAt: new Date() } },
        { upsert: true }
      )
      return await update(
        {
          _id: ownerId,
          [field(songId)]: { $exists: false },
          ...(!mayExceed && { usedBytes: { $lte: maxBytesPerPerson - bytes } })
        },
        { $set: { [field(songId)]: bytes }, $inc: { usedBytes: bytes } }
      )
    },

    /**
     * Changes the reserved space of a song. Returns false when there is not enough, or nothing is reserved. Safe to
     * repeat.
     */
    async resize(ownerId: string, songId: string, bytes: number, mayExceed = false): Promise<boolean> {
      for (
        let before = await findReserved(ownerId, songId);
        before !== undefined;
        before = await findReserved(ownerId, songId)
      ) {
        const added = bytes - before
        if (added === 0) return true
        const hasSpace = added > 0 && !mayExceed ? { usedBytes: { $lte: maxBytesPerPerson - added } } : {}
        if (
          await update(
            { _id: ownerId, [field(songId)]: before, ...hasSpace },
            { $set: { [field(songId)]: bytes }, $inc: { usedBytes: added } }
          )
        ) {
          return true
        }
        if ((await findReserved(ownerId, songId)) === before) return false
      }
      return false
    },

    /** Releases the space of a song. Safe to repeat. */
    async release(ownerId: string, songId: string): Promise<void> {
      for (
        let bytes = await findReserved(ownerId, songId);
        bytes !== undefined;
        bytes = await findReserved(ownerId, songId)
      ) {
        await update(
          { _id: ownerId, [field(songId)]: bytes },
          { $unset: { [field(songId)]: '' }, $inc: { usedBytes: -bytes } }
        )
      }
    },

    /**
     * Finds the person whose turn it is: the one whose songs were last claimed before those of all others. Returns
     * undefined for an empty list.
     */
    async findNextOwner(ownerIds: readonly string[]): Promise<string | undefined> {
      const [first] = await quotas
        .find({ _id: { $in: [...ownerIds] } }, { projection: { _id: 1 } })
        .sort({ servedAt: 1, _id: 1 })
        .limit(1)
        .toArray()
      return first?._id ?? ownerIds[0]
    },

    markServed: async (ownerId: string): Promise<void> => {
      await quotas.updateOne({ _id: ownerId }, { $set: { servedAt: new Date() } })
    },

    getUsedBytes: async (ownerId: string): Promise<number> => (await quotas.findOne({ _id: ownerId }))?.usedBytes ?? 0,

    remove: async (ownerId: string): Promise<void> => {
      await quotas.deleteOne({ _id: ownerId })
    }
  }
}
