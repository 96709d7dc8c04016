import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { GridFSBucket, MongoError, ObjectId, type Db, type GridFSBucketWriteStream } from 'mongodb'
import { isStoreUnavailable } from '../../app/documents/store-errors.ts'
import { checkedStream } from './checked-stream.ts'
import { bucketName, openGridFsFiles, type StoredFile, type Version } from './gridfs-files.ts'
import { readChunks } from './gridfs-read.ts'
import { measureSource, type MeasuredSource } from './measured-source.ts'
import {
  abandonedAfterMs,
  asChecksum,
  assertKey,
  assertPrefix,
  type ByteRange,
  type StorageBackend,
  type StoredObject
} from './object-storage.ts'
import { storageUnavailable } from './unavailable.ts'

/** Maximum attempts to open an object that is replaced between its lookup and its first byte. */
const maxOpenAttempts = 20

/**
 * Opens a storage that keeps objects in the database, as GridFS files.
 * @param options.olderThanMs age after which `removeLeftovers` removes an unfinished put
 */
export async function openGridFsStorage(db: Db, { olderThanMs = abandonedAfterMs } = {}): Promise<StorageBackend> {
  const bucket = new GridFSBucket(db, { bucketName })
  const gridFs = await openGridFsFiles(db)

  async function upload(fileId: ObjectId, key: string, source: MeasuredSource): Promise<StoredFile> {
    const version: Version = { seq: 0, sha256: '' }
    const stream = bucket.openUploadStream(key, { id: fileId, metadata: { ...version } })
    // Each write reports its own failure.
    stream.on('error', () => {})
    for await (const chunk of source.bytes) await write(stream, chunk)
    // GridFS writes the file's document, which makes it visible, when the stream ends.
    stream.options.metadata = { seq: await gridFs.nextSeq(), sha256: source.sha256() } satisfies Version
    stream.end()
    await finished(stream)
    return stream.gridFSFile as StoredFile
  }

  async function put(key: string, source: MeasuredSource): Promise<StoredObject> {
    const fileId = new ObjectId()
    await gridFs.beginPut(fileId)
    try {
      const file = await upload(fileId, key, source)
      await gridFs.finishPut(fileId, key, file.metadata.seq)
      return toObject(file)
    } catch (error) {
      // After a database error it is unknown whether the file was, or will be, stored. `removeLeftovers` checks it
      // later.
      if (!(error instanceof MongoError)) await gridFs.remove(fileId).catch(leaveToCleanup)
      throw error
    }
  }

  async function open(file: StoredFile, range: ByteRange | undefined): Promise<Readable> {
    const stream = await readChunks(gridFs.chunks, file, range)
    return checkedStream(
      stream,
      range ? { key: file.filename, sizeBytes: range.last + 1 - range.first } : toObject(file)
    )
  }

  async function get(key: string, range: ByteRange | undefined) {
    for (let attempt = 1; ; attempt++) {
      const file = await gridFs.findNewest(key)
      if (!file) return null
      try {
        return { object: toObject(file), stream: await open(file, range) }
      } catch (error) {
        const current = await gridFs.findNewest(key)
        if (current?._id.equals(file._id) || attempt === maxOpenAttempts) throw error
      }
    }
  }

  async function* list(prefix: string): AsyncIterable<StoredObject> {
    let previous = ''
    for await (const file of gridFs.files.find(startsWith(prefix)).sort({ filename: 1, 'metadata.seq': -1 })) {
      if (file.filename !== previous) yield toObject(file)
      previous = file.filename
    }
  }

  return {
    async put(key, source) {
      assertKey(key)
      return await withClientErrors(async () => await put(key, measureSource(source)))
    },

    async get(key, range) {
      assertKey(key)
      return await withClientErrors(async () => await get(key, range))
    },

    async stat(key) {
      assertKey(key)
      const file = await withClientErrors(async () => await gridFs.findNewest(key))
      return file && toObject(file)
    },

    async delete(key) {
      assertKey(key)
      await withClientErrors(async () => await gridFs.removeKey(key))
    },

    async *list(prefix) {
      assertPrefix(prefix)
      try {
        yield* list(prefix)
      } catch (error) {
        throw toClientError(error)
      }
    },

    check: async () => {
      await db.command({ ping: 1 })
    },
    removeLeftovers: async signal => await gridFs.removeLeftovers(olderThanMs, signal),
    // The application owns the connection.
    close() {}
  }
}

function leaveToCleanup(): void {}

async function write(stream: GridFSBucketWriteStream, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, error => (error ? reject(error) : resolve()))
  })
}

/** Others may store files in the bucket, without our metadata. */
type AnyFile = Omit<StoredFile, 'metadata'> & { metadata?: Version }

function toObject({ filename, length, uploadDate, metadata }: AnyFile): StoredObject {
  return { key: filename, sizeBytes: length, modifiedAt: uploadDate, sha256: asChecksum(metadata?.sha256) }
}

/** A filter for keys with a prefix: they sort before the prefix whose slash is replaced by the character after it. */
function startsWith(prefix: string) {
  return prefix === '' ? {} : { filename: { $gte: prefix, $lt: `${prefix.slice(0, -1)}0` } }
}

function toClientError(error: unknown): unknown {
  return isStoreUnavailable(error) ? storageUnavailable() : error
}

async function withClientErrors<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw toClientError(error)
  }
}
