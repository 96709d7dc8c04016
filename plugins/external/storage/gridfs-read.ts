import { Readable } from 'node:stream'
import type { Collection, GridFSChunk, ObjectId } from 'mongodb'
import type { ByteRange } from './object-storage.ts'

/** Chunks per batch. The driver's own download fetches a batch of 16 MiB for each reader. */
const chunksPerBatch = 4

export interface ChunkedFile {
  _id: ObjectId
  length: number
  chunkSize: number
}

/**
 * Returns the bytes of a file, or of a range that lies within it, a few chunks at a time. Rejects when the first chunk
 * is missing; the stream fails at a later missing chunk.
 */
export async function readChunks(
  chunks: Collection<GridFSChunk>,
  file: ChunkedFile,
  range: ByteRange = { first: 0, last: file.length - 1 }
): Promise<Readable> {
  const slices = readSlices(chunks, file, range)
  const first = await slices.next()
  return Readable.from(prepend(first, slices), { objectMode: false })
}

async function* readSlices(
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
    .batchSize(chunksPerBatch)) {
    if (n !== next) break
    next++
    yield data.subarray(Math.max(0, first - n * chunkSize), last + 1 - n * chunkSize)
  }
  if (next <= lastChunk) throw new Error(`chunk ${next} of ${_id} is missing`)
}

async function* prepend(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.done === true) return
    yield first.value
    yield* rest
  } finally {
    // Closes the server's cursor, also when the reader stops early.
    await rest.return()
  }
}
