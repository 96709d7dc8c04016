import { DBRef, deserialize, serialize, type DeserializeOptions } from 'bson'
import { CommandError } from '../errors.ts'

/** A document decoded from BSON. */
export type Doc = Record<string, unknown>

/** Maximum size of a stored document, MongoDB's. */
export const maxDocumentBytes = 16 * 1024 * 1024

const plain = { promoteBuffers: false, bsonRegExp: true }
const typed = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true }

/** Turns references into documents, which they are in MongoDB: a path such as `author.$id` leads into them. */
function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences)
  const doc =
    value instanceof DBRef
      ? { $ref: value.collection, $id: value.oid, ...(value.db == null ? {} : { $db: value.db }), ...value.fields }
      : value
  if (!isDoc(doc)) return doc
  const result: Doc = {}
  for (const [field, inner] of Object.entries(doc)) setField(result, field, withoutReferences(inner))
  return result
}

function decodeWith(bytes: Uint8Array, options: DeserializeOptions): Doc {
  const doc: Doc = deserialize(bytes, options)
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('$id\0')) return doc
  const result = withoutReferences(doc)
  return isDoc(result) ? result : doc
}

/** Decodes for reading: numbers become JavaScript numbers if they fit. */
export function decode(bytes: Uint8Array): Doc {
  return decodeWith(bytes, plain)
}

/** Decodes for writing back: every number keeps its BSON type (`Int32`, `Long`, `Double`). */
export function decodeTyped(bytes: Uint8Array): Doc {
  return decodeWith(bytes, typed)
}

/** Decodes like `decode`, but leaves the elements of the named arrays as bytes. */
export function decodeLeavingRaw(bytes: Uint8Array, fieldsAsRaw: Record<string, boolean>): Doc {
  return decodeWith(bytes, { ...plain, fieldsAsRaw })
}

export function encode(doc: Doc): Buffer {
  const bytes = serialize(doc, { ignoreUndefined: true })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Encodes a document with its `_id` first. JavaScript puts fields with numbers as names before it. */
function encodeWithIdFirst(doc: Doc): Buffer {
  if (Object.keys(doc)[0] === '_id') return encode(doc)
  const { _id, ...rest } = doc
  const bytes = Buffer.concat([encode({ _id }).subarray(0, -1), encode(rest).subarray(4)])
  bytes.writeInt32LE(bytes.length)
  return bytes
}

/** Encodes a document to store. Throws BSONObjectTooLarge above 16 MiB. */
export function encodeStored(doc: Doc): Buffer {
  const bytes = encodeWithIdFirst(doc)
  assertStorable(bytes)
  return bytes
}

/** Throws BSONObjectTooLarge if a document is too large to store. */
export function assertStorable(bytes: Uint8Array): void {
  if (bytes.byteLength > maxDocumentBytes) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes.byteLength}, max size: ${maxDocumentBytes}`
    )
  }
}

/** Whether a value is a document and not a value of another BSON type. */
export function isDoc(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether a value is an object of operators, such as `{ $gt: 1 }`, and not a document or reference. */
export function isOperatorObject(value: unknown): value is Doc {
  return isDoc(value) && Object.keys(value)[0]?.startsWith('$') === true && !('$ref' in value && '$id' in value)
}

/** Reads a field of the document itself and not of its prototype: a field may be called `constructor`. */
export function ownField(doc: Doc, field: string): unknown {
  return Object.hasOwn(doc, field) ? doc[field] : undefined
}

/** Sets a field of any name. A plain assignment to `__proto__` would set the prototype. */
export function setField(doc: Doc, field: string, value: unknown): void {
  if (field === '__proto__') {
    Object.defineProperty(doc, field, { value, enumerable: true, configurable: true, writable: true })
  } else doc[field] = value
}
