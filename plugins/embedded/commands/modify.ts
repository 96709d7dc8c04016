import { ObjectId } from 'bson'
import { decodeTyped, encodeStored, type Doc } from '../bson/codec.ts'
import { equalValues, keyOf, tagOf, tags } from '../bson/key.ts'
import { CommandError } from '../errors.ts'
import type { Collection, StoredDocument } from '../store/collection.ts'
import type { Update } from '../update/compile.ts'
import { documentFromFilter } from '../update/upsert.ts'

/** The result of an update of one document. */
export interface Modified {
  bytes: Uint8Array
  isChanged: boolean
}

/** Throws InvalidIdField for a value that cannot be an `_id`. */
export function assertValidId(id: unknown): void {
  const tag = tagOf(id)
  if (tag === tags.array || tag === tags.regex) {
    throw new CommandError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${tag === tags.array ? 'array' : 'regex'}`
    )
  }
}

function immutableId(): CommandError {
  return new CommandError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'"
  )
}

/** Updates one document. Throws ImmutableField or DuplicateKey before it writes anything. */
export function modifyDocument(collection: Collection, found: StoredDocument, update: Update): Modified {
  const doc = decodeTyped(found.bytes)
  const id = keyOf(doc._id)
  const keys = collection.keysOf(doc)
  const changed = update.apply(doc, false)
  if (!('_id' in changed) || !keyOf(changed._id).equals(id)) throw immutableId()
  const bytes = encodeStored(changed)
  if (bytes.equals(found.bytes)) return { bytes, isChanged: false }
  collection.replace(found.row, keys, changed, bytes)
  return { bytes, isChanged: true }
}

/**
 * Inserts the document that an upsert makes from its query and its update. `filter` is the query, decoded for writing.
 */
export function insertUpserted(
  collection: Collection,
  update: Update,
  filter: Doc
): { id: unknown; bytes: Uint8Array } {
  const fromFilter = documentFromFilter(filter)
  const start = update.isReplacement ? ('_id' in fromFilter ? { _id: fromFilter._id } : {}) : fromFilter
  const requestedId = start._id
  const { _id: id = new ObjectId(), ...rest } = update.apply(start, true)
  if (requestedId !== undefined && !equalValues(requestedId, id)) throw immutableId()
  assertValidId(id)
  const doc = { _id: id, ...rest }
  const bytes = encodeStored(doc)
  collection.insert(doc, bytes)
  return { id, bytes }
}
