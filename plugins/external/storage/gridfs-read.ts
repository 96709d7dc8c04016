import { Readable } from 'node:stream'
import type { Collection, GridFSChunk, ObjectId } from 'mongodb'
import type { ByteRange } from './object-storage.ts'

/** The driver's own download takes a whole answer of 16 MiB for each reader; so many chunks at once do. */
const chunksAtOnce = 4

export interface ChunkedFile {
  _id: ObjectId
  length: number
  chunkSize: number
}

/** A file's bytes, or those of the range, which lies within it, a few chunks at a time. Rejects when the first chunk is not there, and fails at a later one. */
export async function readChunks(
  chunks: Collection<GridFSChunk>,
  file: ChunkedFile,
  range: ByteRange = { first: 0, last: file.length - 1 }
): Promise<Readable> {
  const pieces = slices(chunks, file, range)
  const first = await pieces.next()
  return Readable.from(withFirst(first, pieces), { objectMode: false })
}

async function* slices(
  chunks: Collection<GridFSChunk>,
  { _id, chunkSize }: ChunkedFile,
  { first, last }: ByteRange
): AsyncGenerator<Uint8Array, void, undefined> {
  if (last < first) return
  const [firstChunk, lastChunk] = [Math.floor(first / chunkSize), Math.floor(last / chunkSize)]
  let next = firstChunk
  for await (const { n, data } of chunks
    .find({ files_id: _id, n: { $gte: firstChunk, $lte: lastChunk } }, { promoteBuffers: true })
    .sort({ n: 1 })
    .batchSize(chunksAtOnce)) {
    if (n !== next) break
    next++
    yield data.subarray(Math.max(0, first - n * chunkSize), last + 1 - n * chunkSize)
  }
  if (next <= lastChunk) throw new Error(`chunk ${next} of ${_id} is missing`)
}

async function* withFirst(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.done === true) return
    yield first.value
    yield* rest
  } finally {
    // Also when nobody wants more, so that the server forgets the cursor.
    await rest.return()
  }
}
