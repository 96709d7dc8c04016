import { deserialize, serialize } from 'bson'
import { CommandError } from '../errors.ts'

/** A document out of BSON bytes. */
export type Doc = Record<string, unknown>

export const maxDocumentBytes = 16 * 1024 * 1024

const plain = { promoteBuffers: false, bsonRegExp: true }
const typed = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true }

/** Decodes for reading: numbers become JavaScript's, as long as they fit. */
export function decode(bytes: Uint8Array): Doc {
  return deserialize(bytes, plain)
}

/** Decodes for writing it back: a number keeps its BSON type (`Int32`, `Long`, `Double`). */
export function decodeTyped(bytes: Uint8Array): Doc {
  return deserialize(bytes, typed)
}

/** As `decode`, with the elements of the named arrays left as bytes. */
export function decodeLeavingRaw(bytes: Uint8Array, fieldsAsRaw: Record<string, boolean>): Doc {
  return deserialize(bytes, { ...plain, fieldsAsRaw })
}

export function encode(doc: Doc): Buffer {
  const bytes = serialize(doc, { ignoreUndefined: true })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Encodes what will be stored. Throws BSONObjectTooLarge over 16 MiB. */
export function encodeStored(doc: Doc): Buffer {
  const bytes = encode(doc)
  assertStorable(bytes)
  return bytes
}

export function assertStorable(bytes: Uint8Array): void {
  if (bytes.byteLength > maxDocumentBytes) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes.byteLength}, max size: ${maxDocumentBytes}`
    )
  }
}

/** Whether this is a document, and not a value of another BSON type. */
export function isDoc(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Reads a field that is the document's own: a field may be called `constructor`. */
export function ownField(doc: Doc, field: string): unknown {
  return Object.hasOwn(doc, field) ? doc[field] : undefined
}

/** Sets a field whatever it is called; plain assignment to `__proto__` would set no field. */
export function setField(doc: Doc, field: string, value: unknown): void {
  if (field === '__proto__') {
    Object.defineProperty(doc, field, { value, enumerable: true, configurable: true, writable: true })
  } else doc[field] = value
}
