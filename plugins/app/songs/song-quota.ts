import type { Collection, Db, Document } from 'mongodb'

/** How much of their space somebody's songs take: `held` says which, so that nothing is ever counted twice or given back twice. */
interface ShelfDocument {
  /** Whose it is. */
  _id: string
  usedBytes: number
  held: Record<string, number>
  /** When something of theirs was last taken up to be made a song; at first when they came, so that ever new people do not keep everybody else waiting. */
  servedAt: Date
}

export type Shelves = ReturnType<typeof createShelves>

/** Everybody's space for songs. Every change is one guarded update, so that uploads at the same time can't take more than there is. */
export function createShelves(db: Db, limitBytes: number) {
  const shelves: Collection<ShelfDocument> = db.collection('songShelves')

  const field = (songId: string) => `held.${songId}`

  async function change(filter: Document, update: Document): Promise<boolean> {
    return (await shelves.updateOne(filter, update)).matchedCount > 0
  }

  async function heldBy(ownerId: string, songId: string): Promise<number | undefined> {
    const shelf = await shelves.findOne({ _id: ownerId }, { projection: { [field(songId)]: 1 } })
    return shelf?.held[songId]
  }

  return {
    /**
     * Takes room for a song; false when there is not enough.
     * @param mayExceed takes it in any case
     */
    async hold(ownerId: string, songId: string, bytes: number, mayExceed = false): Promise<boolean> {
      if (bytes > limitBytes && !mayExceed) return false
      await shelves.updateOne(
        { _id: ownerId },
        { $setOnInsert: { usedBytes: 0, held: {}, servedAt: new Date() } },
        { upsert: true }
      )
      return await change(
        {
          _id: ownerId,
          [field(songId)]: { $exists: false },
          ...(!mayExceed && { usedBytes: { $lte: limitBytes - bytes } })
        },
        { $set: { [field(songId)]: bytes }, $inc: { usedBytes: bytes } }
      )
    },

    /** Changes how much room a song takes; false when there is not enough, or it takes none. Safe to repeat. */
    async resize(ownerId: string, songId: string, bytes: number, mayExceed = false): Promise<boolean> {
      for (let before = await heldBy(ownerId, songId); before !== undefined; before = await heldBy(ownerId, songId)) {
        const more = bytes - before
        if (more === 0) return true
        const guard = more > 0 && !mayExceed ? { usedBytes: { $lte: limitBytes - more } } : {}
        if (
          await change(
            { _id: ownerId, [field(songId)]: before, ...guard },
            { $set: { [field(songId)]: bytes }, $inc: { usedBytes: more } }
          )
        ) {
          return true
        }
        if ((await heldBy(ownerId, songId)) === before) return false
      }
      return false
    },

    /** Gives the room of a song back. Safe to repeat. */
    async release(ownerId: string, songId: string): Promise<void> {
      for (let bytes = await heldBy(ownerId, songId); bytes !== undefined; bytes = await heldBy(ownerId, songId)) {
        await change(
          { _id: ownerId, [field(songId)]: bytes },
          { $unset: { [field(songId)]: '' }, $inc: { usedBytes: -bytes } }
        )
      }
    },

    /** Of these people, who has waited the longest to be served; undefined when there are none. */
    async longestUnserved(ownerIds: readonly string[]): Promise<string | undefined> {
      const [first] = await shelves
        .find({ _id: { $in: [...ownerIds] } }, { projection: { _id: 1 } })
        .sort({ servedAt: 1, _id: 1 })
        .limit(1)
        .toArray()
      return first?._id ?? ownerIds[0]
    },

    noteServed: async (ownerId: string): Promise<void> => {
      await shelves.updateOne({ _id: ownerId }, { $set: { servedAt: new Date() } })
    },

    usedBytes: async (ownerId: string): Promise<number> => (await shelves.findOne({ _id: ownerId }))?.usedBytes ?? 0,

    remove: async (ownerId: string): Promise<void> => {
      await shelves.deleteOne({ _id: ownerId })
    }
  }
}
