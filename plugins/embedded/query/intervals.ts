import { Double, Long } from 'bson'
import { isDoc } from '../bson/codec.ts'
import { keyOf, tagOf, tags } from '../bson/key.ts'
import { prefixOf } from './prefix.ts'

/** Where values may lie: keys from `low` on and before `high`. A point is the range of one value. */
export interface Interval {
  low: Buffer
  high: Buffer
  point: boolean
}

/** The least key after all that begin with these bytes. No encoding begins with FF, so there is one. */
export function afterAll(prefix: Buffer): Buffer {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  const next = Buffer.from(prefix.subarray(0, end))
  if (end > 0) next.writeUInt8(next.readUInt8(end - 1) + 1, end - 1)
  return next
}

export function pointAt(value: unknown): Interval {
  const low = keyOf(value)
  return { low, high: afterAll(low), point: true }
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

const lowestNumber = keyOf(-Infinity)

function startOfType(tag: number): Buffer {
  return tag === tags.number ? lowestNumber : Buffer.of(tag)
}

function isNotANumber(value: unknown): boolean {
  return Number.isNaN(value instanceof Double ? value.value : value)
}

/** The range a comparison leaves, or undefined where an index can't tell. */
function range(operator: string, value: unknown): Interval | undefined {
  const tag = tagOf(value)
  if (!rangeTags.has(tag) || (isNotANumber(value) && !Long.isLong(value))) return undefined
  const key = keyOf(value)
  const [start, end] = [startOfType(tag), Buffer.of(tag + 1)]
  switch (operator) {
    case '$gt':
      return { low: afterAll(key), high: end, point: false }
    case '$gte':
      return { low: key, high: end, point: false }
    case '$lt':
      return { low: start, high: key, point: false }
    default:
      return { low: start, high: afterAll(key), point: false }
  }
}

/** What one operator says about a field's keys: the intervals, and whether they say all that the operator does. */
export interface Bounds {
  intervals: Interval[]
  exact: boolean
}

/** Arrays and patterns also match what has other keys, and null what is missing. */
function isPlainPoint(value: unknown): boolean {
  const tag = tagOf(value)
  return tag !== tags.array && tag !== tags.regex && tag !== tags.null
}

function operatorBounds(operator: string, argument: unknown): Bounds | undefined {
  if (operator === '$in') {
    if (!Array.isArray(argument) || argument.some(each => tagOf(each) === tags.array || tagOf(each) === tags.regex)) {
      return undefined
    }
    return { intervals: sorted(argument.map(pointAt)), exact: argument.every(isPlainPoint) }
  }
  if (operator === '$eq') {
    if (tagOf(argument) === tags.array) return undefined
    return { intervals: [pointAt(argument)], exact: isPlainPoint(argument) }
  }
  if (operator !== '$gt' && operator !== '$gte' && operator !== '$lt' && operator !== '$lte') return undefined
  const only = range(operator, argument)
  return only && { intervals: [only], exact: true }
}

/** A pattern finds texts that begin as it does, and patterns that are the same. */
function patternBounds(pattern: unknown, options?: unknown): Bounds | undefined {
  const prefix = prefixOf(pattern, options)
  if (prefix === undefined) return undefined
  // Without the zero bytes that end a text.
  const low = keyOf(prefix).subarray(0, -2)
  const patterns = { low: Buffer.of(tags.regex), high: Buffer.of(tags.regex + 1), point: false }
  return { intervals: [{ low, high: afterAll(low), point: false }, patterns], exact: false }
}

/** What a field's condition says, operator by operator; `undefined` for what says nothing about keys. */
export function conditionBounds(condition: unknown): Array<Bounds | undefined> {
  if (!isDoc(condition) || !Object.keys(condition)[0]?.startsWith('$')) {
    return [tagOf(condition) === tags.regex ? patternBounds(condition) : operatorBounds('$eq', condition)]
  }
  return Object.entries(condition).map(([operator, argument]) =>
    operator === '$regex' ? patternBounds(argument, condition.$options) : operatorBounds(operator, argument)
  )
}

/** In order and apart from each other. */
export function sorted(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = []
  for (const each of intervals.toSorted((a, b) => Buffer.compare(a.low, b.low))) {
    const last = result.at(-1)
    if (!last || Buffer.compare(each.low, last.high) >= 0) result.push(each)
    else if (Buffer.compare(each.high, last.high) > 0) {
      result.splice(-1, 1, { low: last.low, high: each.high, point: false })
    }
  }
  return result
}

/** What lies in both. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return sorted(
    a.flatMap(x =>
      b.flatMap(y => {
        const low = Buffer.compare(x.low, y.low) >= 0 ? x.low : y.low
        const high = Buffer.compare(x.high, y.high) <= 0 ? x.high : y.high
        return Buffer.compare(low, high) < 0 ? [{ low, high, point: x.point || y.point }] : []
      })
    )
  )
}

/** The same interval among keys whose order is turned around. */
export function inverted({ low, high, point }: Interval): Interval {
  const flip = (bytes: Buffer) => Buffer.from(bytes.map(byte => ~byte))
  return point
    ? { low: flip(low), high: afterAll(flip(low)), point }
    : { low: afterAll(flip(high)), high: afterAll(flip(low)), point }
}
