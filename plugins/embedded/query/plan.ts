import { isDoc, type Doc } from '../bson/codec.ts'
import { tags } from '../bson/key.ts'
import type { IndexShape } from '../store/index-shape.ts'
import { conditionBounds, intersection, inverted, sorted, type Interval } from './intervals.ts'
import type { SortField } from './sort.ts'

/** A stretch of an index: keys from `low` on and before `high`. */
export interface KeyRange {
  low: Buffer
  high: Buffer
}

/** How a query is answered: which stretches of which index, in which direction, and what is left to do. */
export interface Plan<Index> {
  index: Index
  ranges: KeyRange[]
  reverse: boolean
  /** Documents come in the order asked for. */
  ordered: boolean
  /** Every document found matches: nothing is left to test. */
  exact: boolean
  /** Each range is one whole key. */
  points: boolean
}

/** More stretches than this are not worth their statements; the last fields are left to testing. */
const maxRanges = 10_000

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
 * Where a field's keys must lie for the filter to hold; undefined if anywhere. Of a field with arrays one condition alone is used,
 * since different elements may satisfy the others.
 */
function intervalsOf(filter: Doc, field: string, multikey: boolean): Interval[] | undefined {
  const sets = setsOf(filter, field, multikey)
  if (multikey) return sets.find(set => set.every(each => each.point)) ?? sets[0]
  return sets.length === 0 ? undefined : sets.reduce(intersection)
}

/** Whether the intervals of these fields say all that the filter says. */
function saysAll(filter: Doc, fields: ReadonlySet<string>): boolean {
  return Object.entries(filter).every(
    ([key, value]) => fields.has(key) && conditionBounds(value).every(bounds => bounds?.exact)
  )
}

interface Bounded {
  ranges: KeyRange[]
  /** How many fields at the beginning have one value: the order of what is found stands on the rest. */
  fixed: number
  used: string[]
  points: number
  excludesMissing: boolean
}

function extend(prefixes: readonly Buffer[], intervals: readonly Interval[]): KeyRange[] {
  return prefixes.flatMap(prefix =>
    intervals.map(({ low, high }) => ({ low: Buffer.concat([prefix, low]), high: Buffer.concat([prefix, high]) }))
  )
}

/** Walks the index's fields: as long as they are points they make prefixes; a range ends the walk. */
function boundIndex(shape: IndexShape, filter: Doc): Bounded {
  let prefixes: Buffer[] = [Buffer.alloc(0)]
  const bounded: Bounded = { ranges: [], fixed: 0, used: [], points: 0, excludesMissing: false }
  const missing = Buffer.of(tags.null + 1)
  for (const [n, { path, descending }] of shape.fields.entries()) {
    const found = n > 0 && shape.multikey ? undefined : intervalsOf(filter, path, shape.multikey)
    if (!found || prefixes.length * found.length > maxRanges) break
    bounded.used.push(path)
    bounded.excludesMissing ||= found.every(each => Buffer.compare(each.low, missing) >= 0)
    const intervals = descending ? found.map(inverted).reverse() : found
    bounded.ranges = extend(prefixes, intervals)
    if (!found.every(each => each.point)) return bounded
    if (found.length === 1 && bounded.fixed === n) bounded.fixed++
    bounded.points++
    prefixes = bounded.ranges.map(each => each.low)
  }
  if (bounded.used.length === 0) bounded.ranges = [{ low: Buffer.alloc(0), high: Buffer.of(0xff) }]
  return bounded
}

/** The direction in which the index gives the order asked for: undefined if in none. */
function directionFor(shape: IndexShape, fixed: number, sort: readonly SortField[]): 'forward' | 'reverse' | undefined {
  const constant = new Set(shape.fields.slice(0, fixed).map(({ path }) => path))
  const wanted = sort.filter(({ path }) => !constant.has(path))
  const rest = shape.fields.slice(fixed)
  if (shape.multikey || wanted.some(({ path }, n) => rest[n]?.path !== path)) return undefined
  const turned = wanted.map(({ descending }, n) => descending !== rest[n]?.descending)
  if (turned.every(each => !each)) return 'forward'
  return turned.every(each => each) ? 'reverse' : undefined
}

function planWith<Index extends IndexShape>(
  index: Index,
  filter: Doc,
  sort: readonly SortField[]
): { plan: Plan<Index>; score: number } | undefined {
  const bounded = boundIndex(index, filter)
  if (index.sparse && !bounded.excludesMissing) return undefined
  const direction = sort.length > 0 ? directionFor(index, bounded.fixed, sort) : undefined
  if (bounded.used.length === 0 && direction === undefined) return undefined
  const single = index.unique && bounded.points === index.fields.length
  return {
    plan: {
      index,
      ranges: bounded.ranges,
      reverse: direction === 'reverse',
      ordered: sort.length === 0 || direction !== undefined,
      exact: !index.multikey && saysAll(filter, new Set(bounded.used)),
      points: bounded.points === index.fields.length
    },
    score:
      (single ? 1000 : 0) + bounded.points * 10 + (bounded.used.length > bounded.points ? 4 : 0) + (direction ? 5 : 0)
  }
}

/** Chooses the index that narrows the search most, and gives the order asked for if one does. Undefined: read everything. */
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
