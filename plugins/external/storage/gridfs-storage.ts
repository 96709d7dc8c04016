import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import {
  GridFSBucket,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
  ObjectId,
  type Db,
  type GridFSBucketWriteStream
} from 'mongodb'
import { storageAway } from './away.ts'
import { checkedStream } from './checked-stream.ts'
import { bucketName, openGridFsFiles, type StoredFile, type Version } from './gridfs-files.ts'
import { readChunks } from './gridfs-read.ts'
import { measure, type MeasuredSource } from './measured-source.ts'
import {
  abandonedMs,
  asChecksum,
  assertKey,
  assertPrefix,
  type ByteRange,
  type StorageHome,
  type StoredObject
} from './object-storage.ts'

/** How often an object may be replaced between our looking it up and the first of its bytes. */
const mostLooks = 20

/** Keeps objects in the database, as GridFS files. `olderThanMs`: of which age puts without an end are removed by `tidy`. */
export async function openGridFsStorage(db: Db, { olderThanMs = abandonedMs } = {}): Promise<StorageHome> {
  const bucket = new GridFSBucket(db, { bucketName })
  const stored = await openGridFsFiles(db)

  async function upload(fileId: ObjectId, key: string, source: MeasuredSource): Promise<StoredFile> {
    const version: Version = { seq: 0, sha256: '' }
    const stream = bucket.openUploadStream(key, { id: fileId, metadata: { ...version } })
    // Each write tells its own failure.
    stream.on('error', () => {})
    for await (const chunk of source.bytes) await write(stream, chunk)
    // GridFS writes the file's document, which makes it visible, when the stream ends.
    stream.options.metadata = { seq: await stored.nextSeq(), sha256: source.sha256() } satisfies Version
    stream.end()
    await finished(stream)
    return stream.gridFSFile as StoredFile
  }

  async function put(key: string, source: MeasuredSource): Promise<StoredObject> {
    const fileId = new ObjectId()
    await stored.beginPut(fileId)
    try {
      const file = await upload(fileId, key, source)
      await stored.finishPut(fileId, key, file.metadata.seq)
      return described(file)
    } catch (error) {
      // Of a database that failed we don't know what it took or will still take: that is for `tidy`.
      if (!(error instanceof MongoError)) await stored.remove(fileId).catch(leaveToTidy)
      throw error
    }
  }

  async function open(file: StoredFile, range: ByteRange | undefined): Promise<Readable> {
    const stream = await readChunks(stored.chunks, file, range)
    return checkedStream(
      stream,
      range ? { key: file.filename, sizeBytes: range.last + 1 - range.first } : described(file)
    )
  }

  async function get(key: string, range: ByteRange | undefined) {
    for (let looks = 1; ; looks++) {
      const file = await stored.newest(key)
      if (!file) return null
      try {
        return { object: described(file), stream: await open(file, range) }
      } catch (error) {
        const now = await stored.newest(key)
        if (now?._id.equals(file._id) || looks === mostLooks) throw error
      }
    }
  }

  async function* list(prefix: string): AsyncIterable<StoredObject> {
    let previous = ''
    for await (const file of stored.files.find(below(prefix)).sort({ filename: 1, 'metadata.seq': -1 })) {
      if (file.filename !== previous) yield described(file)
      previous = file.filename
    }
  }

  return {
    async put(key, source) {
      assertKey(key)
      return await mapped(async () => await put(key, measure(source)))
    },

    async get(key, range) {
      assertKey(key)
      return await mapped(async () => await get(key, range))
    },

    async stat(key) {
      assertKey(key)
      const file = await mapped(async () => await stored.newest(key))
      return file && described(file)
    },

    async delete(key) {
      assertKey(key)
      await mapped(async () => await stored.removeKey(key))
    },

    async *list(prefix) {
      assertPrefix(prefix)
      try {
        yield* list(prefix)
      } catch (error) {
        throw told(error)
      }
    },

    check: async () => {
      await db.command({ ping: 1 })
    },
    tidy: async signal => await stored.tidy(olderThanMs, signal),
    // The connection is the application's.
    close() {}
  }
}

function leaveToTidy(): void {}

async function write(stream: GridFSBucketWriteStream, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, error => (error ? reject(error) : resolve()))
  })
}

function described({ filename, length, uploadDate, metadata }: StoredFile): StoredObject {
  return { key: filename, sizeBytes: length, modifiedAt: uploadDate, sha256: asChecksum(metadata.sha256) }
}

/** Keys that begin with a prefix come before what begins with the character after its slash. */
function below(prefix: string) {
  return prefix === '' ? {} : { filename: { $gte: prefix, $lt: `${prefix.slice(0, -1)}0` } }
}

function told(error: unknown): unknown {
  const away =
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError
  return away ? storageAway() : error
}

async function mapped<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw told(error)
  }
}
