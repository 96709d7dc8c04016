import type { Collection } from '../store/collection.ts'
import type { Index, KeyPosition } from '../store/index.ts'
import type { KeyRange, Plan } from './plan.ts'

/** Number of entries of one range that are read at a time: few at first, then twice as many each time. */
const firstBatchEntries = 2
const maxBatchEntries = 256

/** The next entry of a range. `order` has the bytes of its key that follow the values of the range. */
interface Head {
  order: Uint8Array
  row: number
  rest: Iterator<KeyPosition>
  range: KeyRange
}

function* entriesOf(collection: Collection, index: Index, range: KeyRange, isReverse: boolean): Generator<KeyPosition> {
  let count = firstBatchEntries
  let last: KeyPosition | undefined
  do {
    const entries = collection.isDropped ? [] : index.read(range, isReverse, last, count)
    yield* entries
    last = entries.length === count ? entries.at(-1) : undefined
    count = Math.min(count * 2, maxBatchEntries)
  } while (last)
}

function headOf(range: KeyRange, rest: Iterator<KeyPosition>): Head | undefined {
  const next = rest.next()
  if (next.done) return undefined
  const { key, row } = next.value
  return { order: key.subarray(range.prefixBytes), row, rest, range }
}

/**
 * Yields the rows of several ranges in the order of the fields that follow the values of the ranges. Reads the ranges
 * side by side, and no further than the caller asks.
 */
export function* mergedRows(collection: Collection, { index, ranges, isReverse }: Plan<Index>): Generator<number> {
  const sign = isReverse ? -1 : 1
  const compare = (a: Head, b: Head) => sign * (Buffer.compare(a.order, b.order) || a.row - b.row)
  // The next one is last, where it is taken off without moving the others.
  const heads = ranges
    .flatMap(range => headOf(range, entriesOf(collection, index, range, isReverse)) ?? [])
    .sort((a, b) => compare(b, a))
  for (let head = heads.pop(); head; head = heads.pop()) {
    yield head.row
    const following = headOf(head.range, head.rest)
    if (following) heads.splice(placeOf(following, heads, compare), 0, following)
  }
}

/** Returns the place of a head among others that are sorted with the next one last. */
function placeOf(head: Head, heads: readonly Head[], compare: (a: Head, b: Head) => number): number {
  let [low, high] = [0, heads.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = heads[middle]
    if (other && compare(head, other) < 0) low = middle + 1
    else high = middle
  }
  return low
}
