import { Double, Long } from 'bson'
import { isOperatorObject } from '../bson/codec.ts'
import { keyOf, tagOf, tags } from '../bson/key.ts'
import { prefixOf } from './prefix.ts'

/** A range of keys: from `low` (inclusive) to `high` (exclusive). A point is the range of one value. */
export interface Interval {
  low: Buffer
  high: Buffer
  isPoint: boolean
}

/** Returns the first key after all keys with a prefix. It exists because no encoding begins with FF. */
export function endOfPrefix(prefix: Buffer): Buffer {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  const next = Buffer.from(prefix.subarray(0, end))
  if (end > 0) next.writeUInt8(next.readUInt8(end - 1) + 1, end - 1)
  return next
}

/** Returns the interval of one value. */
export function pointAt(value: unknown): Interval {
  const low = keyOf(value)
  return { low, high: endOfPrefix(low), isPoint: true }
}

/** The types whose ranges an index answers: within each, bytes sort as the comparison operators compare. */
const rangeTags: ReadonlySet<number> = new Set([
  tags.number,
  tags.string,
  tags.objectId,
  tags.boolean,
  tags.date,
  tags.binary
])

const minNumber = keyOf(-Infinity)

function startOfType(tag: number): Buffer {
  return tag === tags.number ? minNumber : Buffer.of(tag)
}

function isNotANumber(value: unknown): boolean {
  return Number.isNaN(value instanceof Double ? value.value : value)
}

/** Returns the interval of a comparison, or undefined if an index cannot answer it. */
function comparisonInterval(operator: string, value: unknown): Interval | undefined {
  const tag = tagOf(value)
  if (!rangeTags.has(tag) || (isNotANumber(value) && !Long.isLong(value))) return undefined
  const key = keyOf(value)
  const [start, end] = [startOfType(tag), Buffer.of(tag + 1)]
  switch (operator) {
    case '$gt':
      return { low: endOfPrefix(key), high: end, isPoint: false }
    case '$gte':
      return { low: key, high: end, isPoint: false }
    case '$lt':
      return { low: start, high: key, isPoint: false }
    default:
      return { low: start, high: endOfPrefix(key), isPoint: false }
  }
}

/** The keys of a field that can satisfy one operator. `isExact`: every key in the intervals satisfies the operator. */
export interface Bounds {
  intervals: Interval[]
  isExact: boolean
}

/**
 * Whether equality with a value is the same as having its key. Arrays match other keys too, null matches missing
 * fields, and regular expressions and operators are not values.
 */
function isPlainPoint(value: unknown): boolean {
  const tag = tagOf(value)
  return tag !== tags.array && tag !== tags.null && tag !== tags.regex && !isOperatorObject(value)
}

function operatorBounds(operator: string, argument: unknown): Bounds | undefined {
  if (operator === '$in') {
    if (!Array.isArray(argument) || argument.some(each => tagOf(each) === tags.array)) return undefined
    return { intervals: sorted(argument.map(pointAt)), isExact: argument.every(isPlainPoint) }
  }
  if (operator === '$eq') {
    if (tagOf(argument) === tags.array) return undefined
    return { intervals: [pointAt(argument)], isExact: isPlainPoint(argument) }
  }
  if (operator === '$regex') return patternBounds(argument)
  if (operator !== '$gt' && operator !== '$gte' && operator !== '$lt' && operator !== '$lte') return undefined
  const only = comparisonInterval(operator, argument)
  return only && { intervals: [only], isExact: true }
}

/** A pattern matches texts with its prefix, and stored regular expressions that are the same. */
function patternBounds(pattern: unknown): Bounds | undefined {
  const prefix = prefixOf(pattern)
  if (prefix === undefined) return undefined
  // Without the two zero bytes that end a text.
  const low = keyOf(prefix).subarray(0, -2)
  const patterns = { low: Buffer.of(tags.regex), high: Buffer.of(tags.regex + 1), isPoint: false }
  return { intervals: [{ low, high: endOfPrefix(low), isPoint: false }, patterns], isExact: false }
}

/**
 * Returns the bounds of each operator in a field's condition, or undefined for an operator that says nothing about
 * keys.
 */
export function conditionBounds(condition: unknown): Array<Bounds | undefined> {
  if (!isOperatorObject(condition)) return [operatorBounds('$eq', condition)]
  return Object.entries(condition).map(([operator, argument]) => operatorBounds(operator, argument))
}

/** Sorts intervals and merges those that overlap. */
export function sorted(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = []
  for (const each of intervals.toSorted((a, b) => Buffer.compare(a.low, b.low))) {
    const last = result.at(-1)
    if (!last || Buffer.compare(each.low, last.high) >= 0) result.push(each)
    else if (Buffer.compare(each.high, last.high) > 0) {
      result.splice(-1, 1, { low: last.low, high: each.high, isPoint: false })
    }
  }
  return result
}

/** Returns the keys that are in both sets of intervals. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return sorted(
    a.flatMap(x =>
      b.flatMap(y => {
        const low = Buffer.compare(x.low, y.low) >= 0 ? x.low : y.low
        const high = Buffer.compare(x.high, y.high) <= 0 ? x.high : y.high
        return Buffer.compare(low, high) < 0 ? [{ low, high, isPoint: x.isPoint || y.isPoint }] : []
      })
    )
  )
}

/** Returns the same interval of a field in descending order, whose keys have all bits inverted. */
export function inverted({ low, high, isPoint }: Interval): Interval {
  const flip = (bytes: Buffer) => Buffer.from(bytes.map(byte => ~byte))
  return isPoint
    ? { low: flip(low), high: endOfPrefix(flip(low)), isPoint }
    : { low: endOfPrefix(flip(high)), high: endOfPrefix(flip(low)), isPoint }
}
