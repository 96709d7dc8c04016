import { isDoc, type Doc } from '../bson/codec.ts'
import { compoundKey, emptyArray, keyOf } from '../bson/key.ts'
import { numberIn } from '../bson/numbers.ts'
import { someValueAt } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'

export interface SortField {
  path: string
  isDescending: boolean
}

/** Reads a sort such as `{ a: 1, b: -1 }`. Throws for anything else than a direction, such as `$meta`. */
export function parseSort(spec: unknown): SortField[] {
  if (spec === undefined) return []
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'the sort specification must be a document')
  return Object.entries(spec).map(([path, direction]) => {
    if (isDoc(direction)) throw notSupported(`Sorting by ${Object.keys(direction)[0] ?? 'a document'}`)
    const number = numberIn(direction)
    if (number !== 1 && number !== -1) {
      throw new CommandError(
        'BadValue',
        `$sort key ordering must be 1 (for ascending) or -1 (for descending), not ${String(direction)} for ${path}`
      )
    }
    if (path === '' || path.startsWith('$')) throw notSupported(`Sorting by '${path}'`)
    return { path, isDescending: number === -1 }
  })
}

/** Returns the value by which a document is sorted: the first of an array's elements in the direction of the sort. */
function firstInOrder(doc: Doc, path: readonly string[], isDescending: boolean): unknown {
  let best: { value: unknown; key: Buffer } | undefined
  const consider = (value: unknown) => {
    const key = keyOf(value)
    if (!best || Buffer.compare(key, best.key) * (isDescending ? -1 : 1) < 0) best = { value, key }
  }
  someValueAt(
    doc,
    path,
    value => {
      if (!Array.isArray(value)) consider(value)
      else if (value.length === 0) consider(emptyArray)
      else value.forEach(consider)
      return false
    },
    false
  )
  return best?.value
}

/** Returns a function that gives the position of a document in the order, as bytes. */
export function sortKeyOf(sort: readonly SortField[]): (doc: Doc) => Buffer {
  const fields = sort.map(({ path, isDescending }) => ({ path: path.split('.'), isDescending }))
  const directions = sort.map(({ isDescending }) => isDescending)
  return doc =>
    compoundKey(
      fields.map(({ path, isDescending }) => {
        const only = path[0]
        const simple = path.length === 1 && only !== undefined && Object.hasOwn(doc, only) ? doc[only] : undefined
        return simple !== undefined && !Array.isArray(simple) ? simple : firstInOrder(doc, path, isDescending)
      }),
      directions
    )
}
