import { ObjectId, Timestamp } from 'bson'
import { decodeTyped, encodeStored, isDoc, type Doc } from '../bson/codec.ts'
import { equalValues, keyOf, tagOf, tags } from '../bson/key.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Collection, StoredDocument } from '../store/collection.ts'
import type { Update } from '../update/compile.ts'
import { documentFromFilter } from '../update/upsert.ts'

/** The result of an update of one document. */
export interface Modified {
  bytes: Uint8Array
  isChanged: boolean
}

const fieldsOfReference: ReadonlySet<string> = new Set(['$ref', '$id', '$db'])

/** Returns the first field in a value whose name begins with `$`, besides those of a reference. */
function dollarFieldIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(dollarFieldIn).find(name => name !== undefined)
  if (!isDoc(value)) return undefined
  const own = Object.keys(value).find(name => name.startsWith('$') && !fieldsOfReference.has(name))
  return own ?? dollarFieldIn(Object.values(value))
}

/** Throws InvalidIdField or DollarPrefixedFieldName for a value that cannot be an `_id`. */
function assertValidId(id: unknown): void {
  const tag = tagOf(id)
  if (tag === tags.array || tag === tags.regex) {
    throw new CommandError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${tag === tags.array ? 'array' : 'regex'}`
    )
  }
  const dollar = dollarFieldIn(id)
  if (dollar !== undefined) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`
    )
  }
}

/** Throws for a document that MongoDB does not store, or not as it is: it sets an empty timestamp to its clock. */
export function assertStorableFields(doc: Doc): void {
  assertValidId(doc._id)
  for (const [field, value] of Object.entries(doc)) {
    if (field !== '_id' && value instanceof Timestamp && value.isZero()) {
      throw notSupported('An empty timestamp, which MongoDB sets to its clock,')
    }
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
  if (update.isReplacement) assertStorableFields(changed)
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
  const start = documentFromFilter(filter, update.isReplacement)
  const requestedId = start._id
  const { _id: id = new ObjectId(), ...rest } = update.apply(start, true)
  if (requestedId !== undefined && !equalValues(requestedId, id)) throw immutableId()
  const doc = { _id: id, ...rest }
  if (update.isReplacement) assertStorableFields(doc)
  else assertValidId(id)
  const bytes = encodeStored(doc)
  collection.insert(doc, bytes)
  return { id, bytes }
}
