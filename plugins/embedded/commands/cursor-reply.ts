import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import { Cursor } from '../store/cursors.ts'
import type { Store } from '../store/store.ts'
import { BsonWriter } from '../wire/bson-writer.ts'

/** As many documents as MongoDB sends at first when nobody says how many. */
const defaultFirstBatch = 101

/** How a result is to be sent. */
export interface BatchOptions {
  /** Undefined: MongoDB's default. */
  batchSize: number | undefined
  /** Nobody will come back for more. */
  single?: boolean
  keep?: boolean
}

/** Reads `batchSize`, which may be 0: a cursor without documents yet. */
export function batchSizeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = numberIn(value)
  if (number === undefined || number < 0) {
    throw new CommandError('BadValue', `batchSize must be a number from 0 on, not ${String(value)}`)
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

/** Answers with the first documents of a result, and keeps the rest under a cursor if there is any. */
export function firstBatchReply(
  store: Store,
  namespace: string,
  documents: Iterable<Uint8Array>,
  { batchSize, single, keep }: BatchOptions
): Buffer {
  const cursor = new Cursor(namespace, documents)
  const batch = cursor.take(batchSize ?? defaultFirstBatch)
  const done = single || cursor.exhausted
  if (done) cursor.close()
  return batchReply('firstBatch', batch, done ? 0n : store.cursors.add(cursor, keep ?? false), namespace)
}
