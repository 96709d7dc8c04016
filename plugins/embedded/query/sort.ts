import { isDoc, ownField, type Doc } from '../bson/codec.ts'
import { compoundKey } from '../bson/key.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { documentKeys } from '../store/index-keys.ts'
import type { IndexShape } from '../store/index-shape.ts'

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
    if (path.split('.').some(part => part === '' || part.startsWith('$'))) throw notSupported(`Sorting by '${path}'`)
    return { path, isDescending: number === -1 }
  })
}

/** Returns the first of the keys that a document has in the order: an array has one for each element. */
function firstKey(shape: IndexShape, doc: Doc): Buffer {
  try {
    const [first, ...others] = documentKeys(shape, doc).keys
    if (!first) throw new Error('a document without a key')
    return others.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least), first)
  } catch (error) {
    if (!(error instanceof CommandError) || error.codeName !== 'CannotIndexParallelArrays') throw error
    throw new CommandError('BadValue', 'cannot sort with keys that are parallel arrays')
  }
}

/** Returns a function that gives the position of a document in the order, as bytes. */
export function sortKeyOf(sort: readonly SortField[]): (doc: Doc) => Buffer {
  const shape: IndexShape = { fields: sort, unique: false, sparse: false, multikey: false }
  const directions = sort.map(({ isDescending }) => isDescending)
  return doc => {
    const values = sort.map(({ path }) => (path.includes('.') ? undefined : ownField(doc, path)))
    const areSimple = values.every(value => value !== undefined && !Array.isArray(value))
    return areSimple ? compoundKey(values, directions) : firstKey(shape, doc)
  }
}
