import { decode, type Doc } from '../bson/codec.ts'
import type { Collection, StoredDocument } from '../store/collection.ts'
import { SecondaryIndex, type Index, type KeyPosition } from '../store/index.ts'
import { mergedRows } from './merge.ts'
import type { Plan } from './plan.ts'

/** Number of rows read at a time: few at first, since most queries end early, then twice as many each time. */
const firstBatchRows = 16
const maxBatchRows = 256

/** A stored document. It is decoded when `doc` is first read. */
export class FoundDocument implements StoredDocument {
  readonly row: number
  readonly bytes: Uint8Array
  #doc: Doc | undefined

  constructor(row: number, bytes: Uint8Array) {
    this.row = row
    this.bytes = bytes
  }

  /** Decoded for reading. */
  get doc(): Doc {
    this.#doc ??= decode(this.bytes)
    return this.#doc
  }
}

function* rowsInOrder(collection: Collection): Generator<number> {
  let count = firstBatchRows
  for (
    let rows = collection.rowsAfter(0, count);
    rows.length > 0;
    rows = collection.isDropped ? [] : collection.rowsAfter(rows.at(-1) ?? 0, count)
  ) {
    yield* rows
    count = Math.min(count * 2, maxBatchRows)
  }
}

function* rowsOfPlan(collection: Collection, { index, ranges, isReverse }: Plan<Index>): Generator<number> {
  const seen = new Set<number>()
  let count = firstBatchRows
  for (const range of isReverse ? ranges.toReversed() : ranges) {
    let last: KeyPosition | undefined
    do {
      const entries = collection.isDropped ? [] : index.read(range, isReverse, last, count)
      for (const { row } of entries) {
        // A document with an array has several keys in the index.
        if (index.multikey && seen.has(row)) continue
        if (index.multikey) seen.add(row)
        yield row
      }
      last = entries.length === count ? entries.at(-1) : undefined
      count = Math.min(count * 2, maxBatchRows)
    } while (last)
  }
}

/** Returns the document with a key of a unique index. */
function readOne(collection: Collection, index: Index, key: Buffer): StoredDocument | undefined {
  if (collection.isDropped) return undefined
  if (!(index instanceof SecondaryIndex)) return collection.readByKey(key)
  const row = index.rowAt(key)
  const bytes = row === undefined ? undefined : collection.read(row)
  return row === undefined || !bytes ? undefined : { row, bytes }
}

function* onePerKey(collection: Collection, plan: Plan<Index>): Generator<FoundDocument> {
  for (const { low } of plan.isReverse ? plan.ranges.toReversed() : plan.ranges) {
    const found = readOne(collection, plan.index, low)
    if (found) yield new FoundDocument(found.row, found.bytes)
  }
}

function rowsOf(collection: Collection, plan: Plan<Index> | undefined): Iterable<number> {
  if (!plan) return rowsInOrder(collection)
  return plan.isMerged ? mergedRows(collection, plan) : rowsOfPlan(collection, plan)
}

/** Reads the documents of a plan, or the whole collection. Other commands may write between two documents. */
export function* scan(collection: Collection, plan: Plan<Index> | undefined): Generator<FoundDocument> {
  if (plan?.hasOnlyPoints && plan.index.unique && !plan.index.multikey) {
    yield* onePerKey(collection, plan)
    return
  }
  for (const row of rowsOf(collection, plan)) {
    const bytes = collection.isDropped ? undefined : collection.read(row)
    if (bytes) yield new FoundDocument(row, bytes)
  }
}
