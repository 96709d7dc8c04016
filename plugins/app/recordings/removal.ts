import type { Filter } from 'mongodb'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { slicesOf } from '../documents/slices.ts'
import { audioKey, folderOf, type RecordingTables, type StintDocument } from './document.ts'
import type { RecordingSpaces } from './recording-space.ts'

export interface RemovalParts {
  tables: RecordingTables
  storage: Pick<ObjectStorage, 'delete' | 'list'>
  /** Gives the space of a stint back. */
  release: RecordingSpaces['release']
  /** Ends stints that this server is writing, and drops their bytes. */
  abort(stintIds: readonly string[]): Promise<void>
}

export type RecordingRemoval = ReturnType<typeof createRemoval>

/** Removes recorded stints everywhere. A stint is marked first, so that an interrupted removal is finished later. */
export function createRemoval({ tables, storage, release, abort }: RemovalParts) {
  async function removeMarked({ _id, showId }: Pick<StintDocument, '_id' | 'showId'>): Promise<void> {
    await abort([_id])
    await storage.delete(audioKey({ id: _id, showId }))
    await release(showId, _id)
    await tables.stints.deleteOne({ _id, state: 'leaving' })
  }

  /** Marks the stints that match, and returns their shows. The mark stops a server that is storing one. */
  async function mark(filter: Filter<StintDocument>): Promise<Set<string>> {
    const found = await tables.stints.find(filter, { projection: { showId: 1 } }).toArray()
    for (const slice of slicesOf(found)) {
      await tables.stints.updateMany({ _id: { $in: slice.map(({ _id }) => _id) } }, { $set: { state: 'leaving' } })
    }
    return new Set(found.map(({ showId }) => showId))
  }

  async function removeMatching(filter: Filter<StintDocument>): Promise<Set<string>> {
    const showIds = await mark(filter)
    for await (const stint of tables.stints.find({ ...filter, state: 'leaving' })) await removeMarked(stint)
    return showIds
  }

  async function removeStintsOf(showId: string): Promise<void> {
    await removeMatching({ showId })
    for await (const { key } of storage.list(folderOf(showId))) await storage.delete(key)
  }

  return {
    /** Removes all stints of a show. Safe to repeat. */
    removeStintsOf,

    /** Removes all that is stored about the recording of a show. Safe to repeat. */
    async removeShow(showId: string): Promise<void> {
      await removeStintsOf(showId)
      await tables.shows.deleteOne({ _id: showId })
    },

    /** Removes the stints of a speaker. Returns the shows that had some. Safe to repeat. */
    removeSpeaker: async (userId: string): Promise<Set<string>> => await removeMatching({ userId }),

    /** Finishes interrupted removals. */
    async removeLeftovers(): Promise<void> {
      for await (const stint of tables.stints.find({ state: 'leaving' })) await removeMarked(stint)
    }
  }
}
