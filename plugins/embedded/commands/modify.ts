import { ObjectId } from 'bson'
import { decodeTyped, encodeStored, type Doc } from '../bson/codec.ts'
import { equalValues, keyOf, tagOf, tags } from '../bson/key.ts'
import { CommandError } from '../errors.ts'
import type { Collection, StoredDocument } from '../store/collection.ts'
import type { Update } from '../update/compile.ts'
import { documentFromFilter } from '../update/upsert.ts'

/** What an update made of a document. */
export interface Modified {
  bytes: Uint8Array
  changed: boolean
}

/** Throws InvalidIdField for what can't be an `_id`. */
export function assertValidId(id: unknown): void {
  const tag = tagOf(id)
  if (tag === tags.array || tag === tags.regex) {
    throw new CommandError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${tag === tags.array ? 'array' : 'regex'}`
    )
  }
}

function immutable(): CommandError {
  return new CommandError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'"
  )
}

/** Updates one document. Throws, having written nothing, ImmutableField or DuplicateKey. */
export function modifyDocument(collection: Collection, found: StoredDocument, update: Update, filter: Doc): Modified {
  const doc = decodeTyped(found.bytes)
  const id = keyOf(doc._id)
  const keys = collection.keysOf(doc)
  const changed = update.apply(doc, { inserting: false, filter })
  if (!('_id' in changed) || !keyOf(changed._id).equals(id)) throw immutable()
  const bytes = encodeStored(changed)
  if (bytes.equals(found.bytes)) return { bytes, changed: false }
  collection.replace(found.row, keys, changed, bytes)
  return { bytes, changed: true }
}

/** Inserts what an upsert makes of its query and its update, and gives it an `_id`. `filter` is decoded for writing. */
export function insertUpserted(
  collection: Collection,
  update: Update,
  filter: Doc
): { id: unknown; bytes: Uint8Array } {
  const fromFilter = documentFromFilter(filter)
  const start = update.replacement ? ('_id' in fromFilter ? { _id: fromFilter._id } : {}) : fromFilter
  const wanted = start._id
  const { _id: id = new ObjectId(), ...rest } = update.apply(start, { inserting: true, filter })
  if (wanted !== undefined && !equalValues(wanted, id)) throw immutable()
  assertValidId(id)
  const doc = { _id: id, ...rest }
  const bytes = encodeStored(doc)
  collection.insert(doc, bytes)
  return { id, bytes }
}
