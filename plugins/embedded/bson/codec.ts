import { deserialize, serialize } from 'bson'
import { CommandError } from '../errors.ts'

/** A document decoded from BSON. */
export type Doc = Record<string, unknown>

/** Maximum size of a stored document, MongoDB's. */
export const maxDocumentBytes = 16 * 1024 * 1024

const plain = { promoteBuffers: false, bsonRegExp: true }
const typed = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true }

/** Decodes for reading: numbers become JavaScript numbers if they fit. */
export function decode(bytes: Uint8Array): Doc {
  return deserialize(bytes, plain)
}

/** Decodes for writing back: every number keeps its BSON type (`Int32`, `Long`, `Double`). */
export function decodeTyped(bytes: Uint8Array): Doc {
  return deserialize(bytes, typed)
}

/** Decodes like `decode`, but leaves the elements of the named arrays as bytes. */
export function decodeLeavingRaw(bytes: Uint8Array, fieldsAsRaw: Record<string, boolean>): Doc {
  return deserialize(bytes, { ...plain, fieldsAsRaw })
}

export function encode(doc: Doc): Buffer {
  const bytes = serialize(doc, { ignoreUndefined: true })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Encodes a document to store. Throws BSONObjectTooLarge above 16 MiB. */
export function encodeStored(doc: Doc): Buffer {
  const bytes = encode(doc)
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

/** Whether a value is an object of operators, such as `{ $gt: 1 }`, and not a document. */
export function isOperatorObject(value: unknown): value is Doc {
  return isDoc(value) && Object.keys(value)[0]?.startsWith('$') === true
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
