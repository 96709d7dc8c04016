import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp
} from 'bson'
import { notSupported } from '../errors.ts'
import { isDoc, type Doc } from './codec.ts'
import { KeyWriter } from './key-writer.ts'

/** MongoDB's order of types. There is room between the tags, so that `tag + 1` ends a type. No tag is 00 or FF. */
export const tags = {
  minKey: 0x05,
  emptyArray: 0x08,
  null: 0x0a,
  number: 0x14,
  string: 0x1e,
  object: 0x28,
  array: 0x32,
  binary: 0x3c,
  objectId: 0x46,
  boolean: 0x50,
  date: 0x5a,
  timestamp: 0x5f,
  regex: 0x64,
  code: 0x6e,
  maxKey: 0xf0
} as const

/** An empty array in an index or a sort, where it is less than null. As a value, it is an ordinary array. */
export const emptyArray = Symbol('empty array')

const writer = new KeyWriter()

/**
 * Returns the tag of a value's type. A missing value counts as null. Throws CommandNotSupported for Decimal128 and
 * unknown types.
 */
export function tagOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return tags.number
    case 'string':
      return tags.string
    case 'boolean':
      return tags.boolean
    case 'undefined':
      return tags.null
  }
  if (value === null) return tags.null
  if (value === emptyArray) return tags.emptyArray
  return Array.isArray(value) ? tags.array : isDoc(value) ? tags.object : tagOfBsonType(value)
}

function tagOfBsonType(value: unknown): number {
  if (value instanceof ObjectId) return tags.objectId
  if (value instanceof Date) return tags.date
  if (value instanceof Int32 || value instanceof Double) return tags.number
  if (value instanceof Timestamp) return tags.timestamp
  if (Long.isLong(value)) return tags.number
  if (value instanceof Binary || value instanceof Uint8Array) return tags.binary
  if (value instanceof BSONRegExp || value instanceof RegExp) return tags.regex
  if (value instanceof BSONSymbol) return tags.string
  if (value instanceof DBRef) return tags.object
  if (value instanceof MinKey) return tags.minKey
  if (value instanceof MaxKey) return tags.maxKey
  if (value instanceof Code && !value.scope) return tags.code
  throw notSupported(value instanceof Decimal128 ? 'Comparing a Decimal128' : 'Comparing a value of this BSON type')
}

function writeNumber(value: unknown): void {
  const exact =
    value instanceof Int32 || value instanceof Double ? value.value : Long.isLong(value) ? value.toBigInt() : value
  const double = Number(exact)
  // A 64-bit integer may lie between two doubles. Its distance from the nearer one orders integers with the same
  // double.
  const rest = typeof exact === 'bigint' && !Number.isSafeInteger(double) ? Number(exact - BigInt(double)) : 0
  writer.double(double)
  writer.uint16(0x8000 + rest)
}

function writeBinary(value: Binary | Uint8Array): void {
  const bytes = value instanceof Binary ? value.value() : value
  writer.uint32(bytes.byteLength)
  writer.byte(value instanceof Binary ? value.sub_type : 0)
  writer.bytes(bytes)
}

function writeObject(value: Doc): void {
  for (const [field, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    writer.byte(tagOf(inner))
    writer.text(field)
    writeValue(inner)
  }
  writer.byte(0)
}

function writeRegex(value: BSONRegExp | RegExp): void {
  writer.text(value instanceof RegExp ? value.source : value.pattern)
  writer.text(value instanceof RegExp ? value.flags : value.options)
}

function writeValue(value: unknown): void {
  const tag = tagOf(value)
  writer.byte(tag)
  if (tag === tags.number) writeNumber(value)
  else if (value === true || value === false) writer.byte(value ? 1 : 0)
  else if (typeof value === 'string') writer.text(value)
  else if (Array.isArray(value)) {
    for (const inner of value) writeValue(inner)
    writer.byte(0)
  } else if (value instanceof ObjectId) writer.bytes(value.id)
  else if (value instanceof Date) writer.uint64(BigInt(value.getTime()) + (1n << 63n))
  else if (value instanceof Timestamp) writer.uint64(BigInt.asUintN(64, value.toBigInt()))
  else if (value instanceof Binary || value instanceof Uint8Array) writeBinary(value)
  else if (value instanceof BSONRegExp || value instanceof RegExp) writeRegex(value)
  else if (value instanceof BSONSymbol) writer.text(value.value)
  else if (value instanceof Code) writer.text(value.code)
  else if (value instanceof DBRef) writeObject(value.toJSON())
  else if (isDoc(value)) writeObject(value)
}

/** Returns the key of one value, ascending. */
export function keyOf(value: unknown): Buffer {
  writer.reset()
  writeValue(value)
  return writer.finish()
}

/** Returns the key of one value as a string. It is the same for values that are equal in MongoDB. */
export function keyStringOf(value: unknown): string {
  writer.reset()
  writeValue(value)
  return writer.finishAsString()
}

/** Returns the key of several values in a row, each in its direction. */
export function compoundKey(values: readonly unknown[], isDescending: readonly boolean[]): Buffer {
  writer.reset()
  for (const [n, value] of values.entries()) {
    const start = writer.length
    writeValue(value)
    if (isDescending[n]) writer.invertSince(start)
  }
  return writer.finish()
}

/** Compares two values of any types in MongoDB's order. */
export function compareValues(a: unknown, b: unknown): number {
  return tagOf(a) - tagOf(b) || Buffer.compare(keyOf(a), keyOf(b))
}

/**
 * Whether two values are equal in MongoDB: 1, 1.0 and Long(1) are, and documents with the same fields in the same
 * order.
 */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  return tagOf(a) === tagOf(b) && keyOf(a).equals(keyOf(b))
}
