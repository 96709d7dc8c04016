import { ObjectId, type Collection, type Db, type GridFSChunk, type GridFSFile } from 'mongodb'
import { isDuplicateKey } from '../../app/documents/is-duplicate-key.ts'

/** The bucket's name: its collections begin so. */
export const bucketName = 'storage'

/** What is kept of an object besides GridFS's own fields; `seq` orders the versions of one key, whatever servers' clocks say. */
export interface Version {
  seq: number
  sha256: string
}

/** A version of an object: visible when it is whole and the newest of its key, which is the filename. */
export type StoredFile = GridFSFile & { metadata: Version }

/** What was begun with a file and has not ended. */
interface Act {
  _id: ObjectId
  act: 'put' | 'delete'
  since: Date
}

/** The bucket's collections, and how a file goes from them without leaving chunks behind even when the server dies meanwhile. */
export async function openGridFsFiles(db: Db) {
  const files: Collection<StoredFile> = db.collection(`${bucketName}.files`)
  const chunks: Collection<GridFSChunk> = db.collection(`${bucketName}.chunks`)
  const acts: Collection<Act> = db.collection(`${bucketName}.acts`)
  const sequence: Collection<{ _id: string; seq: number }> = db.collection(`${bucketName}.sequence`)
  await files.createIndex({ filename: 1, 'metadata.seq': -1 }, { unique: true })
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true })

  async function note(fileId: ObjectId, act: Act['act']): Promise<void> {
    try {
      await acts.updateOne({ _id: fileId }, { $set: { act }, $setOnInsert: { since: new Date() } }, { upsert: true })
    } catch (error) {
      // Two servers delete the same file, and the other has noted it.
      if (!isDuplicateKey(error)) throw error
    }
  }

  /** Safe to repeat. The file is not seen any more before its chunks go. */
  async function remove(fileId: ObjectId): Promise<void> {
    await note(fileId, 'delete')
    await files.deleteOne({ _id: fileId })
    await chunks.deleteMany({ files_id: fileId })
    await acts.deleteOne({ _id: fileId })
  }

  async function removeOlder(key: string, seq: number): Promise<void> {
    for await (const { _id } of files.find({ filename: key, 'metadata.seq': { $lt: seq } })) await remove(_id)
  }

  /** What a put that is over replaced goes, and then it is forgotten. */
  async function finishPut(fileId: ObjectId, key: string, seq: number): Promise<void> {
    await removeOlder(key, seq)
    await acts.deleteOne({ _id: fileId })
  }

  async function tidyPut(fileId: ObjectId): Promise<void> {
    const file = await files.findOne({ _id: fileId })
    await (file ? finishPut(fileId, file.filename, file.metadata.seq) : remove(fileId))
  }

  return {
    files,
    chunks,
    remove,
    finishPut,

    /** Notes a put before its first byte is stored. */
    beginPut: async (fileId: ObjectId): Promise<void> => await note(fileId, 'put'),

    /** A number above all before. */
    async nextSeq(): Promise<number> {
      for (;;) {
        try {
          const next = await sequence.findOneAndUpdate(
            { _id: 'versions' },
            { $inc: { seq: 1 } },
            { upsert: true, returnDocument: 'after' }
          )
          if (next) return next.seq
        } catch (error) {
          // The first number of all was taken at the same time.
          if (!isDuplicateKey(error)) throw error
        }
      }
    },

    newest: async (key: string): Promise<StoredFile | null> =>
      await files.findOne({ filename: key }, { sort: { 'metadata.seq': -1 } }),

    /** All versions, the oldest first, so that none of them comes to light in between. */
    async removeKey(key: string): Promise<void> {
      for (const { _id } of await files.find({ filename: key }).sort({ 'metadata.seq': 1 }).toArray()) await remove(_id)
    },

    /** Finishes deletions, and removes what is left of puts that began so long ago. */
    async tidy(olderThanMs: number, signal: AbortSignal): Promise<void> {
      const before = new Date(Date.now() - olderThanMs)
      for (const { _id, act } of await acts.find({ $or: [{ act: 'delete' }, { since: { $lt: before } }] }).toArray()) {
        signal.throwIfAborted()
        await (act === 'delete' ? remove(_id) : tidyPut(_id))
      }
    }
  }
}
