import { isDoc, type Doc } from '../bson/codec.ts'
import { tags } from '../bson/key.ts'
import type { IndexShape } from '../store/index-shape.ts'
import { conditionBounds, intersection, inverted, sorted, type Interval } from './intervals.ts'
import type { SortField } from './sort.ts'

/** A range of an index: keys from `low` (inclusive) to `high` (exclusive). */
export interface KeyRange {
  low: Buffer
  high: Buffer
  /** Number of bytes with which all keys of the range begin: the values of the leading fields. */
  prefixBytes: number
}

/** The plan of a query: the ranges of an index to read, their direction, and the remaining work. */
export interface Plan<Index> {
  index: Index
  ranges: KeyRange[]
  isReverse: boolean
  /** Each range is in the requested order, but together they are not: they are read side by side. */
  isMerged: boolean
  /** Documents come in the requested order. */
  isOrdered: boolean
  /** Every document in the ranges matches: no further test is needed. */
  isExact: boolean
  /** Each range is one whole key. */
  hasOnlyPoints: boolean
}

/**
 * Maximum number of ranges: more would cost more statements than they save. The remaining fields are tested instead.
 */
const maxRanges = 10_000

/** Maximum number of ranges that are read side by side: each has to be read once before the first document is known. */
const maxMergedRanges = 1000

function setsOf(filter: Doc, field: string, multikey: boolean): Interval[][] {
  return Object.entries(filter).flatMap(([key, value]) => {
    if (key === field) return conditionBounds(value).flatMap(bounds => (bounds ? [bounds.intervals] : []))
    if (!Array.isArray(value) || (key !== '$and' && key !== '$or')) return []
    const clauses = value.filter(isDoc)
    if (key === '$and') return clauses.flatMap(clause => setsOf(clause, field, multikey))
    const branches = clauses.map(clause => intervalsOf(clause, field, multikey))
    return branches.includes(undefined) ? [] : [sorted(branches.flatMap(branch => branch ?? []))]
  })
}

/**
 * Returns the intervals in which a field's keys must be for the filter to match, or undefined if they can be anywhere.
 * For a field with arrays it uses one condition only, because different elements may satisfy the others.
 */
function intervalsOf(filter: Doc, field: string, multikey: boolean): Interval[] | undefined {
  const sets = setsOf(filter, field, multikey)
  if (multikey) return sets.find(set => set.every(each => each.isPoint)) ?? sets[0]
  return sets.length === 0 ? undefined : sets.reduce(intersection)
}

/** Whether the intervals of these fields are equivalent to the filter. */
function isEquivalent(filter: Doc, fields: ReadonlySet<string>): boolean {
  return Object.entries(filter).every(
    ([key, value]) => fields.has(key) && conditionBounds(value).every(bounds => bounds?.isExact)
  )
}

interface Bounded {
  ranges: KeyRange[]
  /**
   * Number of leading fields with a single value. The order of the documents found depends on the other fields.
   */
  fixed: number
  used: string[]
  points: number
  excludesMissing: boolean
}

function extend(prefixes: readonly Buffer[], intervals: readonly Interval[]): KeyRange[] {
  return prefixes.flatMap(prefix =>
    intervals.map(({ low, high }) => ({
      low: Buffer.concat([prefix, low]),
      high: Buffer.concat([prefix, high]),
      prefixBytes: prefix.length
    }))
  )
}

/** Returns the ranges of whole values: their keys begin with these values. */
function ofWholeValues(ranges: readonly KeyRange[]): KeyRange[] {
  return ranges.map(range => ({ ...range, prefixBytes: range.low.length }))
}

/**
 * Computes ranges field by field: points extend the prefixes, and the first field with a range is the last one used.
 */
function boundIndex(shape: IndexShape, filter: Doc): Bounded {
  let prefixes: Buffer[] = [Buffer.alloc(0)]
  const bounded: Bounded = { ranges: [], fixed: 0, used: [], points: 0, excludesMissing: false }
  const missing = Buffer.of(tags.null + 1)
  for (const [n, { path, isDescending }] of shape.fields.entries()) {
    const found = n > 0 && shape.multikey ? undefined : intervalsOf(filter, path, shape.multikey)
    if (!found || prefixes.length * found.length > maxRanges) break
    bounded.used.push(path)
    bounded.excludesMissing ||= found.every(each => Buffer.compare(each.low, missing) >= 0)
    const intervals = isDescending ? found.map(inverted).reverse() : found
    bounded.ranges = extend(prefixes, intervals)
    if (!found.every(each => each.isPoint)) return bounded
    bounded.ranges = ofWholeValues(bounded.ranges)
    if (found.length === 1 && bounded.fixed === n) bounded.fixed++
    bounded.points++
    prefixes = bounded.ranges.map(each => each.low)
  }
  if (bounded.used.length === 0) bounded.ranges = [{ low: Buffer.alloc(0), high: Buffer.of(0xff), prefixBytes: 0 }]
  return bounded
}

type Direction = 'forward' | 'reverse'

/**
 * Returns the direction in which the fields of an index from `start` on have the requested order, or undefined if they
 * do not have it. The first `fixed` fields have one value and need no order.
 */
function directionFor(
  shape: IndexShape,
  fixed: number,
  start: number,
  sort: readonly SortField[]
): Direction | undefined {
  const constant = new Set(shape.fields.slice(0, fixed).map(({ path }) => path))
  const varying = sort.filter(({ path }) => !constant.has(path))
  const rest = shape.fields.slice(start)
  if (shape.multikey || varying.some(({ path }, n) => rest[n]?.path !== path)) return undefined
  const isReversed = varying.map(({ isDescending }, n) => isDescending !== rest[n]?.isDescending)
  if (isReversed.every(each => !each)) return 'forward'
  return isReversed.every(each => each) ? 'reverse' : undefined
}

/** Returns the direction in which an index has the requested order, at once or by reading its ranges side by side. */
function orderOf(
  shape: IndexShape,
  { fixed, points, ranges }: Bounded,
  sort: readonly SortField[]
): { direction: Direction | undefined; isMerged: boolean } {
  if (sort.length === 0) return { direction: undefined, isMerged: false }
  const direction = directionFor(shape, fixed, fixed, sort)
  if (direction || points === fixed || ranges.length > maxMergedRanges) return { direction, isMerged: false }
  const merged = directionFor(shape, fixed, points, sort)
  return { direction: merged, isMerged: merged !== undefined }
}

/**
 * Returns the plan with an index, or undefined if the index does not have all documents of the query. Without
 * `isForced`, also undefined if the index would neither narrow the search nor give the order.
 */
export function planWith<Index extends IndexShape>(
  index: Index,
  filter: Doc,
  sort: readonly SortField[],
  isForced = false
): { plan: Plan<Index>; score: number } | undefined {
  const bounded = boundIndex(index, filter)
  if (index.sparse && !bounded.excludesMissing) return undefined
  const { direction, isMerged } = orderOf(index, bounded, sort)
  if (!isForced && bounded.used.length === 0 && direction === undefined) return undefined
  const isSingleDocument = index.unique && bounded.points === index.fields.length
  return {
    plan: {
      index,
      ranges: bounded.ranges,
      isReverse: direction === 'reverse',
      isMerged,
      isOrdered: sort.length === 0 || direction !== undefined,
      isExact: !index.multikey && isEquivalent(filter, new Set(bounded.used)),
      hasOnlyPoints: bounded.points === index.fields.length
    },
    score:
      (isSingleDocument ? 1000 : 0) +
      bounded.points * 10 +
      (bounded.used.length > bounded.points ? 4 : 0) +
      (direction ? 5 : 0)
  }
}

/**
 * Chooses the index that narrows the search most, preferably in the requested order. Undefined: read the whole
 * collection.
 */
export function choosePlan<Index extends IndexShape>(
  indexes: readonly Index[],
  filter: Doc,
  sort: readonly SortField[]
): Plan<Index> | undefined {
  if (indexes.length === 0 || (sort.length === 0 && Object.keys(filter).length === 0)) return undefined
  return indexes
    .flatMap(index => planWith(index, filter, sort) ?? [])
    .reduce<{ plan: Plan<Index>; score: number } | undefined>(
      (best, each) => (best && best.score >= each.score ? best : each),
      undefined
    )?.plan
}
