import type { Collection, Filter } from 'mongodb'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { folderOf, nobodysLease, originalKey, type SongDocument } from './document.ts'
import type { Shelves } from './song-quota.ts'

export type Removal = ReturnType<typeof createRemoval>

/** Nothing of it is told any more, not even by what is left until its bytes are gone. */
const blank = { title: '', artist: null, album: null, words: [], peaks: [] }

/** How songs go: marked first, so that whatever ends in the middle is finished later. */
export function createRemoval(
  songs: Collection<SongDocument>,
  storage: ObjectStorage,
  shelves: Shelves,
  leaseMs: number
) {
  async function removeBytes(songId: string): Promise<void> {
    for await (const { key } of storage.list(folderOf(songId))) await storage.delete(key)
  }

  async function release({ _id, ownerId }: Pick<SongDocument, '_id' | 'ownerId'>): Promise<void> {
    await removeBytes(_id)
    await shelves.release(ownerId, _id)
  }

  return {
    /** From now on nobody sees it; whoever marked it removes it, or puts it back. The song as it was; null when the filter fits none. */
    async mark(filter: Filter<SongDocument>): Promise<SongDocument | null> {
      return await songs.findOneAndUpdate(
        filter,
        { $set: { state: 'leaving', leaseUntil: new Date(Date.now() + leaseMs) } },
        { returnDocument: 'before' }
      )
    },

    /** Undoes a mark. */
    async putBack({ _id, state, leaseUntil }: SongDocument): Promise<void> {
      await songs.updateOne({ _id, state: 'leaving' }, { $set: { state, leaseUntil } })
    },

    /** Removes what was marked. Where somebody was at work on it, who may yet store something, `removeLeft` has the last word. */
    async remove({ _id, ownerId, leaseToken }: SongDocument): Promise<void> {
      await songs.updateOne({ _id, state: 'leaving' }, { $set: blank, $unset: { importKey: '' } })
      await release({ _id, ownerId })
      if (leaseToken === null) await songs.deleteOne({ _id, state: 'leaving' })
    },

    /** For who worked on a song and finds it is theirs no more: takes back what they stored, unless it is somebody else's now. */
    async takeBack({ _id, ownerId }: SongDocument): Promise<void> {
      const now = await songs.findOne({ _id }, { projection: { state: 1 } })
      if (!now || now.state === 'leaving') await release({ _id, ownerId })
    },

    /** Finishes what was begun, and removes what is left of uploads whose server died and of originals that are not kept. */
    async removeLeft(): Promise<void> {
      const over = { leaseUntil: { $lt: new Date() } }
      await songs.updateMany({ state: 'receiving', ...over }, { $set: { state: 'leaving', ...nobodysLease } })
      for await (const song of songs.find({ state: 'leaving', ...over })) {
        await this.remove({ ...song, leaseToken: null })
      }
      for await (const song of songs.find({ spareOriginal: true })) await this.tidy(song)
    },

    /** Of a song that is ready the original goes; of an upload that became none everything does. Safe to repeat. */
    async tidy({ _id, ownerId, state }: Pick<SongDocument, '_id' | 'ownerId' | 'state'>): Promise<void> {
      if (state === 'ready') await storage.delete(originalKey(_id))
      else await release({ _id, ownerId })
      await songs.updateOne({ _id }, { $unset: { spareOriginal: '' } })
    }
  }
}
