import { decode, type Doc } from '../bson/codec.ts'
import type { Collection, StoredDocument } from '../store/collection.ts'
import { SecondaryIndex, type Index, type KeyPosition } from '../store/index.ts'
import type { Plan } from './plan.ts'

const firstStretch = 16
const longestStretch = 256

/** A stored document, decoded when somebody asks. */
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
  let count = firstStretch
  for (
    let rows = collection.rowsAfter(0, count);
    rows.length > 0;
    rows = collection.dropped ? [] : collection.rowsAfter(rows.at(-1) ?? 0, count)
  ) {
    yield* rows
    count = Math.min(count * 2, longestStretch)
  }
}

function* rowsOfPlan(collection: Collection, { index, ranges, reverse }: Plan<Index>): Generator<number> {
  const seen = new Set<number>()
  let count = firstStretch
  for (const range of reverse ? ranges.toReversed() : ranges) {
    let last: KeyPosition | undefined
    do {
      const entries = collection.dropped ? [] : index.read(range, reverse, last, count)
      for (const { row } of entries) {
        // An array has put the document under several keys.
        if (index.multikey && seen.has(row)) continue
        if (index.multikey) seen.add(row)
        yield row
      }
      last = entries.length === count ? entries.at(-1) : undefined
      count = Math.min(count * 2, longestStretch)
    } while (last)
  }
}

/** What has exactly the key, where at most one document has. */
function readOne(collection: Collection, index: Index, key: Buffer): StoredDocument | undefined {
  if (collection.dropped) return undefined
  if (!(index instanceof SecondaryIndex)) return collection.readByKey(key)
  const row = index.rowAt(key)
  const bytes = row === undefined ? undefined : collection.read(row)
  return row === undefined || !bytes ? undefined : { row, bytes }
}

function* onePerKey(collection: Collection, plan: Plan<Index>): Generator<FoundDocument> {
  for (const { low } of plan.reverse ? plan.ranges.toReversed() : plan.ranges) {
    const found = readOne(collection, plan.index, low)
    if (found) yield new FoundDocument(found.row, found.bytes)
  }
}

/** Reads what a plan finds, or everything. May rest between two documents while others write. */
export function* scan(collection: Collection, plan: Plan<Index> | undefined): Generator<FoundDocument> {
  if (plan?.points && plan.index.unique && !plan.index.multikey) {
    yield* onePerKey(collection, plan)
    return
  }
  for (const row of plan ? rowsOfPlan(collection, plan) : rowsInOrder(collection)) {
    const bytes = collection.dropped ? undefined : collection.read(row)
    if (bytes) yield new FoundDocument(row, bytes)
  }
}
