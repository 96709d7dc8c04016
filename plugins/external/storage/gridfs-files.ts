import { ObjectId, type Collection, type Db, type GridFSChunk, type GridFSFile } from 'mongodb'
import { isDuplicateKey } from '../../app/documents/is-duplicate-key.ts'
import { deleteInSlices } from '../../app/documents/slices.ts'

/** Name of the GridFS bucket: the prefix of its collections. */
export const bucketName = 'storage'

/** Metadata of an object version. `seq` orders the versions of one key, independent of the clocks of the servers. */
export interface Version {
  seq: number
  sha256: string
}

/** A version of an object. It is visible when it is complete and the newest of its key, which is the filename. */
export type StoredFile = GridFSFile & { metadata: Version }

/** An operation on a file that was started and has not ended, in the collection `storage.acts`. */
interface PendingOperation {
  _id: ObjectId
  act: 'put' | 'delete'
  since: Date
}

/** Number of chunks that are removed at a time. They are large, and the embedded store overwrites what it removes. */
const chunksAtOnce = 16

/** Opens the collections of the bucket. A file is removed without leaving chunks behind, even when the server dies. */
export async function openGridFsFiles(db: Db) {
  const files: Collection<StoredFile> = db.collection(`${bucketName}.files`)
  const chunks: Collection<GridFSChunk> = db.collection(`${bucketName}.chunks`)
  const pending: Collection<PendingOperation> = db.collection(`${bucketName}.acts`)
  const sequence: Collection<{ _id: string; seq: number }> = db.collection(`${bucketName}.sequence`)
  await files.createIndex({ filename: 1, 'metadata.seq': -1 }, { unique: true })
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true })

  async function record(fileId: ObjectId, act: PendingOperation['act']): Promise<void> {
    try {
      await pending.updateOne({ _id: fileId }, { $set: { act }, $setOnInsert: { since: new Date() } }, { upsert: true })
    } catch (error) {
      // Another server deletes the same file and has recorded it.
      if (!isDuplicateKey(error)) throw error
    }
  }

  /** Removes a file. It becomes invisible before its chunks go. Safe to repeat. */
  async function remove(fileId: ObjectId): Promise<void> {
    await record(fileId, 'delete')
    await files.deleteOne({ _id: fileId })
    await deleteInSlices(chunks, { files_id: fileId }, chunksAtOnce)
    await pending.deleteOne({ _id: fileId })
  }

  async function removeOlder(key: string, seq: number): Promise<void> {
    for await (const { _id } of files.find({ filename: key, 'metadata.seq': { $lt: seq } })) await remove(_id)
  }

  /** Removes the versions that a complete put replaced, and then its record. */
  async function finishPut(fileId: ObjectId, key: string, seq: number): Promise<void> {
    await removeOlder(key, seq)
    await pending.deleteOne({ _id: fileId })
  }

  async function resolvePut(fileId: ObjectId): Promise<void> {
    const file = await files.findOne({ _id: fileId })
    await (file ? finishPut(fileId, file.filename, file.metadata.seq) : remove(fileId))
  }

  return {
    files,
    chunks,
    remove,
    finishPut,

    /** Records a put. Call it before the first byte is stored. */
    beginPut: async (fileId: ObjectId): Promise<void> => await record(fileId, 'put'),

    /** Returns a number greater than all before. */
    async nextSeq(): Promise<number> {
      for (;;) {
        try {
          // The counter before the change: with `after`, mongo-java-server 1.47.0 may show later changes too.
          const previous = await sequence.findOneAndUpdate(
            { _id: 'versions' },
            { $inc: { seq: 1 } },
            { upsert: true, returnDocument: 'before' }
          )
          return (previous?.seq ?? 0) + 1
        } catch (error) {
          // Another server inserted the counter at the same time.
          if (!isDuplicateKey(error)) throw error
        }
      }
    },

    findNewest: async (key: string): Promise<StoredFile | null> =>
      await files.findOne({ filename: key }, { sort: { 'metadata.seq': -1 } }),

    /** Removes all versions of a key, the oldest first, so that no old version becomes visible meanwhile. */
    async removeKey(key: string): Promise<void> {
      for (const { _id } of await files.find({ filename: key }).sort({ 'metadata.seq': 1 }).toArray()) await remove(_id)
    },

    /** Finishes deletions, and removes the remains of puts that started longer ago than this. */
    async removeLeftovers(olderThanMs: number, signal: AbortSignal): Promise<void> {
      const before = new Date(Date.now() - olderThanMs)
      const leftovers = await pending.find({ $or: [{ act: 'delete' }, { since: { $lt: before } }] }).toArray()
      for (const { _id, act } of leftovers) {
        signal.throwIfAborted()
        await (act === 'delete' ? remove(_id) : resolvePut(_id))
      }
    }
  }
}
