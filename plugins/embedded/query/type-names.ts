import { Binary, BSONRegExp, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson'
import { isDoc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import type { ValueTest } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'

function isInt(value: unknown): boolean {
  return value instanceof Int32 || (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31)
}

function isLong(value: unknown): boolean {
  return Long.isLong(value) && !(value instanceof Timestamp)
}

function isDouble(value: unknown): boolean {
  return value instanceof Double || (typeof value === 'number' && !isInt(value))
}

/** The types `$type` knows: name, number, and the test. */
const types: ReadonlyArray<readonly [string, number, ValueTest]> = [
  ['double', 1, isDouble],
  ['string', 2, value => typeof value === 'string'],
  ['object', 3, isDoc],
  ['array', 4, Array.isArray],
  ['binData', 5, value => value instanceof Binary],
  ['objectId', 7, value => value instanceof ObjectId],
  ['bool', 8, value => typeof value === 'boolean'],
  ['date', 9, value => value instanceof Date],
  ['null', 10, value => value === null],
  ['regex', 11, value => value instanceof BSONRegExp],
  ['int', 16, isInt],
  ['timestamp', 17, value => value instanceof Timestamp],
  ['long', 18, isLong],
  ['minKey', -1, value => value instanceof MinKey],
  ['maxKey', 127, value => value instanceof MaxKey]
]

function oneType(wanted: unknown): ValueTest {
  if (wanted === 'number') return value => isInt(value) || isLong(value) || isDouble(value)
  const test = types.find(([name, number]) => name === wanted || number === numberIn(wanted))?.[2]
  if (!test) throw new CommandError('BadValue', `Unknown type name alias: ${String(wanted)}`)
  return test
}

/** The test of `$type`, for one type or a list of them. Throws BadValue for a type it does not know. */
export function typeTest(argument: unknown): ValueTest {
  const tests = (Array.isArray(argument) ? argument : [argument]).map(oneType)
  return value => tests.some(test => test(value))
}
