import { BSONRegExp } from 'bson'
import { isDoc } from '../bson/codec.ts'
import { keyOf, keyStringOf, tagOf, tags } from '../bson/key.ts'
import { numberIn } from '../bson/numbers.ts'
import { someValueAt, type ValueTest } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import { typeTest } from './type-names.ts'

/**
 * MongoDB's field operators, for mingo to call: mingo reads the query and does the logic; comparing, and finding the values at a
 * path, follow BSON here (mingo compares JavaScript values and would take Long(1) and 1, or {a, b} and {b, a}, otherwise than MongoDB).
 */
type FieldOperator = (path: string, argument: unknown) => (doc: unknown) => boolean

function bad(message: string): CommandError {
  return new CommandError('BadValue', message)
}

/** An operator that asks whether one of the values at the path passes. */
function anyValue(testFor: (argument: unknown) => ValueTest, intoLast = true): FieldOperator {
  return (path, argument) => {
    const parts = path.split('.')
    const test = testFor(argument)
    return doc => someValueAt(doc, parts, test, intoLast)
  }
}

function negated(operator: FieldOperator): FieldOperator {
  return (path, argument) => {
    const test = operator(path, argument)
    return doc => !test(doc)
  }
}

/** Equality with one value, for many candidates. */
export function equalTo(wanted: unknown): ValueTest {
  if (typeof wanted === 'string' || typeof wanted === 'boolean') return value => value === wanted
  if (wanted === null || wanted === undefined) return value => value === null || value === undefined
  const tag = tagOf(wanted)
  const key = keyOf(wanted)
  return value => value === wanted || (value !== undefined && tagOf(value) === tag && keyOf(value).equals(key))
}

function isNaNValue(value: unknown): boolean {
  return Number.isNaN(numberIn(value))
}

/** Order within one type: MongoDB's comparisons never reach into another, but for MinKey and MaxKey. */
function ordered(passes: (order: number) => boolean): (argument: unknown) => ValueTest {
  return argument => {
    const tag = tagOf(argument)
    const key = keyOf(argument)
    const acrossTypes = tag === tags.minKey || tag === tags.maxKey
    const notANumber = isNaNValue(argument)
    return value => {
      if (typeof value === 'number' && typeof argument === 'number') {
        return notANumber && Number.isNaN(value)
          ? passes(0)
          : passes(value < argument ? -1 : value > argument ? 1 : value === argument ? 0 : NaN)
      }
      if (tagOf(value) !== tag && !(acrossTypes && value !== undefined)) return false
      return notANumber === isNaNValue(value) && passes(Buffer.compare(keyOf(value), key))
    }
  }
}

/** Makes JavaScript's expression of a BSON one. Throws BadValue for options or a pattern that it does not know. */
export function compilePattern(pattern: unknown, options?: unknown): RegExp {
  const [source, flags] =
    pattern instanceof BSONRegExp
      ? [pattern.pattern, options ?? pattern.options]
      : pattern instanceof RegExp
        ? [pattern.source, options ?? pattern.flags]
        : [pattern, options ?? '']
  if (typeof source !== 'string') throw bad('$regex has to be a string')
  if (typeof flags !== 'string' || /[^ims]/.test(flags)) throw bad(`invalid flag in regex options: ${String(flags)}`)
  try {
    return new RegExp(source, flags)
  } catch (error) {
    throw bad(`Regular expression is invalid: ${error instanceof Error ? error.message : ''}`)
  }
}

function isPattern(value: unknown): boolean {
  return value instanceof BSONRegExp || value instanceof RegExp
}

function matchesPattern(pattern: unknown): ValueTest {
  const regex = compilePattern(pattern)
  const same = isPattern(pattern) ? equalTo(pattern) : () => false
  return value => (typeof value === 'string' ? regex.test(value) : same(value))
}

function listOf(argument: unknown, operator: string): unknown[] {
  if (!Array.isArray(argument)) throw bad(`${operator} needs an array`)
  return argument
}

function oneOf(argument: unknown): ValueTest {
  const list = listOf(argument, '$in')
  if (list.some(each => isDoc(each) && Object.keys(each)[0]?.startsWith('$'))) throw bad('cannot nest $ under $in')
  const keys = new Set(list.filter(each => !isPattern(each)).map(keyStringOf))
  const patterns = list.filter(isPattern).map(matchesPattern)
  return value => keys.has(keyStringOf(value)) || patterns.some(test => test(value))
}

function wholeNumber(argument: unknown, operator: string): number {
  const number = numberIn(argument)
  if (number === undefined || !Number.isInteger(number)) throw bad(`${operator} must be a whole number`)
  return number
}

/** As MongoDB takes a condition: false, 0 and null are not true, everything else is. */
function isTrue(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined && numberIn(value) !== 0
}

function sizeIs(argument: unknown): ValueTest {
  const size = wholeNumber(argument, '$size')
  if (size < 0) throw bad('$size may not be negative')
  return value => Array.isArray(value) && value.length === size
}

function modulo(argument: unknown): ValueTest {
  const list = listOf(argument, '$mod')
  if (list.length !== 2) throw bad('malformed mod, it needs a divisor and a remainder')
  const [divisor, remainder] = list.map(each => Math.trunc(numberIn(each) ?? NaN))
  if (divisor === undefined || remainder === undefined || Number.isNaN(divisor + remainder)) {
    throw bad('malformed mod, its arguments must be numbers')
  }
  if (divisor === 0) throw bad('divisor cannot be 0')
  return value => {
    const number = numberIn(value)
    return number !== undefined && Math.trunc(number) % divisor === remainder
  }
}

function allOf(elementMatch: FieldOperator): FieldOperator {
  return (path, argument) => {
    const tests = listOf(argument, '$all').map(each => {
      if (isDoc(each) && '$elemMatch' in each) return elementMatch(path, each.$elemMatch)
      return anyValue(isPattern(each) ? matchesPattern : equalTo)(path, each)
    })
    return doc => tests.length > 0 && tests.every(test => test(doc))
  }
}

/** The operators of a field by name; `elementMatch` is given, since it takes a whole query. */
export function fieldOperators(elementMatch: (query: unknown) => ValueTest): Record<`$${string}`, FieldOperator> {
  const some = anyValue(query => {
    const test = elementMatch(query)
    return value => Array.isArray(value) && value.some(test)
  }, false)
  const exists = anyValue(() => value => value !== undefined, false)
  return {
    $eq: anyValue(equalTo),
    $ne: negated(anyValue(equalTo)),
    $gt: anyValue(ordered(order => order > 0)),
    $gte: anyValue(ordered(order => order >= 0)),
    $lt: anyValue(ordered(order => order < 0)),
    $lte: anyValue(ordered(order => order <= 0)),
    $in: anyValue(oneOf),
    $nin: negated(anyValue(oneOf)),
    $exists: (path, argument) => (isTrue(argument) ? exists : negated(exists))(path, argument),
    $type: anyValue(typeTest),
    $regex: anyValue(matchesPattern),
    $mod: anyValue(modulo),
    $size: anyValue(sizeIs, false),
    $all: allOf(some),
    $elemMatch: some
  }
}
