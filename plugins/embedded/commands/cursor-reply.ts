import { decodeTyped, encode } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import type { Projection } from '../query/projection.ts'
import type { FoundDocument } from '../query/scan.ts'
import { Cursor } from '../store/cursors.ts'
import type { Store } from '../store/store.ts'
import { BsonWriter } from '../wire/bson-writer.ts'

/** Number of documents in the first batch unless the client asks for another number, the same as MongoDB's. */
const defaultFirstBatch = 101

export interface BatchOptions {
  /** Undefined: `defaultFirstBatch`. */
  batchSize: number | undefined
  /** Whether the client asks for no further batch, so that no cursor is kept. */
  isSingleBatch?: boolean
}

/** Reads `batchSize`. It may be 0: the client first asks for a cursor without documents. */
export function batchSizeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = numberIn(value)
  if (number === undefined || number < 0 || !Number.isInteger(number)) {
    throw new CommandError('BadValue', `batchSize must be a whole number of at least 0, not ${String(value)}`)
  }
  return number
}

export function batchReply(
  field: 'firstBatch' | 'nextBatch',
  batch: readonly Uint8Array[],
  id: bigint,
  namespace: string
): Buffer {
  const size = batch.reduce((sum, bytes) => sum + bytes.byteLength + 8, 0)
  const writer = new BsonWriter(size).openDocument('cursor').openArray(field)
  for (const [n, bytes] of batch.entries()) writer.document(String(n), bytes)
  return writer.close().int64('id', id).string('ns', namespace).close().double('ok', 1).finish()
}

/** Yields the documents of a result as the client asked for them. Pauses where the result does. */
export function* projected(
  all: Iterable<FoundDocument | undefined>,
  project: Projection | undefined
): Generator<Uint8Array | undefined> {
  for (const found of all) yield found && project ? encode(project(decodeTyped(found.bytes))) : found?.bytes
}

/**
 * Replies with the first documents of a result, and keeps a cursor if there are more. Where the documents pause with
 * undefined, the batch may end, even without a document.
 */
export function firstBatchReply(
  store: Store,
  namespace: string,
  documents: Iterable<Uint8Array | undefined>,
  { batchSize, isSingleBatch = false }: BatchOptions
): Buffer {
  const cursor = new Cursor(namespace, documents)
  const batch = cursor.take(batchSize ?? defaultFirstBatch, isSingleBatch ? Infinity : undefined)
  const isDone = isSingleBatch || cursor.isExhausted
  if (isDone) cursor.close()
  return batchReply('firstBatch', batch, isDone ? 0n : store.cursors.add(cursor), namespace)
}
