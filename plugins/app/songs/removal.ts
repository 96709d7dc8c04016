import type { Collection, Filter } from 'mongodb'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { folderOf, noLease, originalKey, type SongDocument } from './document.ts'
import type { SongQuota } from './song-quota.ts'
import { updateInSlices } from '../documents/slices.ts'

export type SongRemoval = ReturnType<typeof createRemoval>

/** Clears the document of a removed song, which may outlive its bytes. */
const blankFields = { title: '', artist: null, album: null, words: [], peaks: [] }
const removedFields = {
  importKey: '',
  year: '',
  link: '',
  sources: '',
  artistKey: '',
  artistIds: '',
  question: '',
  askAt: '',
  failedSources: '',
  rejected: '',
  hasProposals: '',
  hasUntoldChange: ''
} as const

export interface RemovalParts {
  songs: Collection<SongDocument>
  storage: ObjectStorage
  quota: SongQuota
  leaseMs: number
  /** Called before the bytes of a song go. Safe to repeat. */
  onRemove(songId: string, ownerId: string): Promise<void>
}

/** Removes songs. A song is marked first, so that an interrupted removal is finished later. */
export function createRemoval({ songs, storage, quota, leaseMs, onRemove }: RemovalParts) {
  async function release({ _id, ownerId }: Pick<SongDocument, '_id' | 'ownerId'>): Promise<void> {
    for await (const { key } of storage.list(folderOf(_id))) await storage.delete(key)
    await quota.release(ownerId, _id)
  }

  /**
   * Removes a marked song. While a worker may still store something for it, its document stays for `removeLeftovers`.
   */
  async function remove({ _id, ownerId, leaseToken }: SongDocument): Promise<void> {
    await onRemove(_id, ownerId)
    await songs.updateOne({ _id, state: 'leaving' }, { $set: blankFields, $unset: removedFields })
    await release({ _id, ownerId })
    if (leaseToken === null) await songs.deleteOne({ _id, state: 'leaving' })
  }

  /**
   * Removes files that a settled song no longer needs: the original of a ready song, everything of a failed one. Safe
   * to repeat.
   */
  async function removeSpareFiles({
    _id,
    ownerId,
    state
  }: Pick<SongDocument, '_id' | 'ownerId' | 'state'>): Promise<void> {
    if (state === 'ready') await storage.delete(originalKey(_id))
    else await release({ _id, ownerId })
    await songs.updateOne({ _id }, { $unset: { spareOriginal: '' } })
  }

  return {
    remove,
    removeSpareFiles,

    /** Hides a song, to be removed or unmarked. Returns the song as it was; null when no song matches the filter. */
    async mark(filter: Filter<SongDocument>): Promise<SongDocument | null> {
      return await songs.findOneAndUpdate(
        filter,
        { $set: { state: 'leaving', leaseUntil: new Date(Date.now() + leaseMs) } },
        { returnDocument: 'before' }
      )
    },

    /** Undoes a mark. Listeners ignore a hidden song, so they are told of its last change once more. */
    async unmark({ _id, state, leaseUntil, hasUntoldChange }: SongDocument): Promise<void> {
      const $set = { state, leaseUntil, ...(hasUntoldChange && { hasUntoldChange }) }
      await songs.updateOne({ _id, state: 'leaving' }, { $set })
    },

    /** Removes the output of a worker that has lost its lease, unless another worker has the song now. */
    async discardOutput({ _id, ownerId }: SongDocument): Promise<void> {
      const current = await songs.findOne({ _id }, { projection: { state: 1 } })
      if (!current || current.state === 'leaving') await release({ _id, ownerId })
    },

    /** Finishes interrupted removals, and removes uploads of servers that died and originals that are not kept. */
    async removeLeftovers(): Promise<void> {
      const expired = { leaseUntil: { $lt: new Date() } }
      await updateInSlices(songs, { state: 'receiving', ...expired }, { $set: { state: 'leaving', ...noLease } })
      for await (const song of songs.find({ state: 'leaving', ...expired })) {
        await remove({ ...song, leaseToken: null })
      }
      for await (const song of songs.find({ spareOriginal: true })) await removeSpareFiles(song)
    }
  }
}
