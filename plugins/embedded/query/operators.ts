import { Binary, BSONRegExp, Decimal128, ObjectId, Timestamp } from 'bson'
import { isDoc, isOperatorObject } from '../bson/codec.ts'
import { keyOf, keyStringOf, tagOf, tags } from '../bson/key.ts'
import { numberIn } from '../bson/numbers.ts'
import { someValueAt, type ValueTest } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'
import { compilePattern } from './pattern.ts'

/** A compiled condition on a document, decoded for reading. */
export type DocumentTest = (doc: unknown) => boolean

/** Compiles an operator on a field. Throws BadValue or CommandNotSupported for an argument that it does not take. */
export type FieldOperator = (path: readonly string[], argument: unknown) => DocumentTest

function bad(message: string): CommandError {
  return new CommandError('BadValue', message)
}

/** Makes an operator that is true if one of the values at the path passes its test. */
function someValue(testFor: (argument: unknown) => ValueTest, intoLast = true): FieldOperator {
  return (path, argument) => {
    const test = testFor(argument)
    return doc => someValueAt(doc, path, test, intoLast)
  }
}

function negated(operator: FieldOperator): FieldOperator {
  return (path, argument) => {
    const test = operator(path, argument)
    return doc => !test(doc)
  }
}

/** Refuses a regular expression as a value: MongoDB would match texts with it. */
function assertNoPattern(value: unknown): void {
  if (value instanceof BSONRegExp) throw notSupported('A regular expression as a value in a query')
}

/** Compiles equality with a value, to test many others with it. */
export function equalTo(argument: unknown): ValueTest {
  if (typeof argument === 'string' || typeof argument === 'boolean') return value => value === argument
  if (argument === null || argument === undefined) return value => value === null || value === undefined
  assertNoPattern(argument)
  const tag = tagOf(argument)
  const key = keyOf(argument)
  return value => value === argument || (value !== undefined && tagOf(value) === tag && keyOf(value).equals(key))
}

function isNaNValue(value: unknown): boolean {
  return Number.isNaN(numberIn(value))
}

/** The types that `$gt`, `$gte`, `$lt` and `$lte` compare. */
const comparableTags: ReadonlySet<number> = new Set([
  tags.null,
  tags.number,
  tags.string,
  tags.object,
  tags.array,
  tags.binary,
  tags.objectId,
  tags.boolean,
  tags.date,
  tags.timestamp
])

/** Makes a comparison within one type. MongoDB compares across types for MinKey and MaxKey only, which are refused. */
function comparison(passes: (order: number) => boolean): (argument: unknown) => ValueTest {
  return argument => {
    assertNoPattern(argument)
    const tag = tagOf(argument)
    if (!comparableTags.has(tag)) throw notSupported('Comparing with MinKey, MaxKey or code ($gt, $gte, $lt, $lte)')
    const key = keyOf(argument)
    const isNaNArgument = isNaNValue(argument)
    return value => {
      if (typeof value === 'number' && typeof argument === 'number') {
        return isNaNArgument && Number.isNaN(value)
          ? passes(0)
          : passes(value < argument ? -1 : value > argument ? 1 : value === argument ? 0 : NaN)
      }
      if (tagOf(value) !== tag) return false
      return isNaNArgument === isNaNValue(value) && passes(Buffer.compare(keyOf(value), key))
    }
  }
}

/** Compiles `$regex`. Like MongoDB, it finds stored regular expressions that are the same, besides texts. */
function matchesPattern(pattern: unknown): ValueTest {
  if (pattern instanceof BSONRegExp) throw notSupported('A $regex that is not a string')
  if (typeof pattern !== 'string') throw bad('$regex has to be a string')
  const regex = compilePattern(pattern)
  return value =>
    typeof value === 'string'
      ? regex.test(value)
      : value instanceof BSONRegExp && value.pattern === pattern && value.options === ''
}

function oneOf(argument: unknown): ValueTest {
  if (!Array.isArray(argument)) throw bad('$in needs an array')
  const list: unknown[] = argument
  list.forEach(assertNoPattern)
  if (list.some(isOperatorObject)) throw bad('cannot nest $ under $in')
  const keys = new Set(list.map(keyStringOf))
  return value => keys.has(keyStringOf(value))
}

/** Whether MongoDB takes a value as true: false, 0 and null are not, everything else is. */
function isTrue(value: unknown): boolean {
  if (value instanceof Decimal128) throw notSupported('A Decimal128 as a condition')
  return value !== false && value !== null && value !== undefined && numberIn(value) !== 0
}

/** The types that `$type` finds, by MongoDB's names and numbers. Documents are read without the types of numbers. */
const typeTests: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isDoc,
  array: Array.isArray,
  binData: value => value instanceof Binary || value instanceof Uint8Array,
  objectId: value => value instanceof ObjectId,
  bool: value => typeof value === 'boolean',
  date: value => value instanceof Date,
  null: value => value === null,
  regex: value => value instanceof BSONRegExp,
  timestamp: value => value instanceof Timestamp,
  number: value => numberIn(value) !== undefined || value instanceof Decimal128
}
const typeNumbers: ReadonlyMap<number, string> = new Map([
  [3, 'object'],
  [4, 'array'],
  [5, 'binData'],
  [7, 'objectId'],
  [8, 'bool'],
  [9, 'date'],
  [10, 'null'],
  [11, 'regex'],
  [17, 'timestamp']
])

function hasType(types: unknown): ValueTest {
  const list: unknown[] = Array.isArray(types) ? types : [types]
  if (list.length === 0) throw bad('$type must match at least one type')
  const tests = list.map(type => {
    const name = typeof type === 'string' ? type : (typeNumbers.get(numberIn(type) ?? 0) ?? '')
    const test = Object.hasOwn(typeTests, name) ? typeTests[name] : undefined
    if (!test) throw notSupported(`The type ${String(type)} of the query operator $type`)
    return test
  })
  return value => value !== undefined && tests.some(test => test(value))
}

const fieldExists = someValue(() => value => value !== undefined, false)

/** The operators on a field, by name, except `$elemMatch`, which contains a whole query. */
export const fieldOperators: Readonly<Record<string, FieldOperator>> = {
  $eq: someValue(equalTo),
  $ne: negated(someValue(equalTo)),
  $gt: someValue(comparison(order => order > 0)),
  $gte: someValue(comparison(order => order >= 0)),
  $lt: someValue(comparison(order => order < 0)),
  $lte: someValue(comparison(order => order <= 0)),
  $in: someValue(oneOf),
  $nin: negated(someValue(oneOf)),
  $exists: (path, argument) => (isTrue(argument) ? fieldExists : negated(fieldExists))(path, argument),
  $regex: someValue(matchesPattern),
  $type: someValue(hasType)
}
