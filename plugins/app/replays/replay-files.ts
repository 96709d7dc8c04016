import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { folderOf, versionFolderOf, type ReplayTable } from './document.ts'

export type ReplayFiles = ReturnType<typeof createReplayFiles>

/** Removes files of replays from the storage. All methods are safe to repeat. */
export function createReplayFiles(storage: Pick<ObjectStorage, 'delete' | 'list'>, replays: ReplayTable) {
  async function deleteAll(prefix: string, isKept: (key: string) => boolean = () => false): Promise<void> {
    const keys: string[] = []
    for await (const { key } of storage.list(prefix)) if (!isKept(key)) keys.push(key)
    for (const key of keys) await storage.delete(key)
  }

  return {
    /** Removes all files of a replay, except those of its current version. */
    async removeOld(showId: string): Promise<void> {
      const current = await replays.findOne({ _id: showId }, { projection: { 'mixed.version': 1 } })
      const folder = current?.mixed && versionFolderOf(showId, current.mixed.version)
      await deleteAll(folderOf(showId), key => folder !== undefined && key.startsWith(folder))
    },

    removeVersion: async (showId: string, version: string): Promise<void> =>
      await deleteAll(versionFolderOf(showId, version)),

    removeAll: async (showId: string): Promise<void> => await deleteAll(folderOf(showId))
  }
}
