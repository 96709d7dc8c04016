import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb'
import { isDuplicateKey } from '../../app/documents/is-duplicate-key.ts'
import { defaultSliceSize } from '../../app/documents/slices.ts'
import type { RecordDocument } from './mongo-filters.ts'
import { fieldsOf, valueAt } from './record-fields.ts'
import { RecordConflict, type RecordKind, type StoredRecord } from './record-store.ts'

/** A document as it was read, and the record that replaces it. */
interface Change {
  readonly before: RecordDocument
  readonly after: StoredRecord
}

export interface ChangeParts<R extends StoredRecord> {
  collection: Collection<RecordDocument>
  kind: RecordKind
  change: (record: R) => R | null
  limit: number
}

/** Returns the record in a document. */
export function recordOf<R extends StoredRecord>(document: RecordDocument): R {
  if (!('_revision' in document)) return document as R & RecordDocument
  const { _revision, ...record } = document
  return record as R & RecordDocument
}

/**
 * Changes each document that a filter finds, if nobody else changes it meanwhile; otherwise reads it again. Only the
 * fields that differ are written. Returns how many were changed.
 */
export async function changeDocuments<R extends StoredRecord>(
  filter: Filter<RecordDocument>,
  { collection, kind, change, limit }: ChangeParts<R>
): Promise<number> {
  const read = (selected: Filter<RecordDocument>) =>
    collection.find(selected, { enableUtf8Validation: false, batchSize: defaultSliceSize })

  function changeOf(before: RecordDocument): Change | undefined {
    const record = recordOf<R>(before)
    const after = change(record)
    if (!after || isDeepStrictEqual(after, record)) return undefined
    for (const field of ['_id', ...fieldsOf(kind.place)]) {
      if (isDeepStrictEqual(valueAt(after, field), valueAt(record, field))) continue
      throw new Error(`a change of ${kind.name} must not change ${field}`)
    }
    return { before, after }
  }

  /** Stores some changes, and repeats those that met a newer document. */
  async function store(changes: readonly Change[]): Promise<number> {
    let changed = 0
    for (let pending = changes; pending.length > 0;) {
      const revision = randomUUID()
      const operations = pending.map(pendingChange => operationOf(pendingChange, revision))
      const { matchedCount } = await collection.bulkWrite(operations, { ordered: false }).catch((error: unknown) => {
        throw isDuplicateKey(error) ? new RecordConflict(kind.name, 0) : error
      })
      changed += matchedCount
      if (matchedCount === pending.length) break
      const ids = pending.map(({ before }) => before._id)
      const missed = await read({ $and: [{ _id: { $in: ids }, _revision: { $ne: revision } }, filter] }).toArray()
      pending = missed.flatMap(document => changeOf(document) ?? [])
    }
    return changed
  }

  let changed = 0
  let slice: Change[] = []
  for await (const document of read(filter)) {
    const next = changeOf(document)
    if (!next || slice.push(next) < Math.min(defaultSliceSize, limit - changed)) continue
    changed += await store(slice)
    slice = []
    if (changed >= limit) return changed
  }
  return changed + (await store(slice))
}

/** Returns the update of the fields that differ, on the condition that the document is still as it was read. */
function operationOf({ before, after }: Change, revision: string): AnyBulkWriteOperation<RecordDocument> {
  const next: Record<string, unknown> = { ...after }
  const $set: Record<string, unknown> = { _revision: revision }
  const $unset: Record<string, true> = {}
  for (const field of new Set([...Object.keys(before), ...Object.keys(next)])) {
    if (field === '_revision' || isDeepStrictEqual(before[field], next[field])) continue
    if (next[field] === undefined) $unset[field] = true
    else $set[field] = next[field]
  }
  const { _id, _revision = { $exists: false } } = before
  return {
    updateOne: {
      filter: { _id, _revision },
      update: { $set, ...(Object.keys($unset).length > 0 && { $unset }) }
    }
  }
}
