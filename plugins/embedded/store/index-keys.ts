import { compoundKey, emptyArray } from '../bson/key.ts'
import { isDoc, ownField, type Doc } from '../bson/codec.ts'
import { isArrayIndex } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import type { IndexShape } from './index-shape.ts'

/** The keys of a document in an index, and whether an array made several of them. */
export interface DocumentKeys {
  keys: Buffer[]
  multikey: boolean
}

/** A field on its way down a document: the value that it has reached, and the rest of the path. */
interface Step {
  value: unknown
  rest: readonly string[]
}

/** Follows the path to its end, or to an array whose elements have to be followed one by one. */
function descend({ value, rest }: Step): Step {
  let [reached, left] = [value, rest]
  for (;;) {
    const [part, ...after] = left
    if (part === undefined) return { value: reached, rest: left }
    if (Array.isArray(reached)) {
      if (!isArrayIndex(part)) return { value: reached, rest: left }
      if (reached.some(element => isDoc(element) && Object.hasOwn(element, part))) {
        throw new CommandError('AmbiguousIndexKeyPath', `Ambiguous field name found in array: '${part}'`)
      }
      reached = reached[Number(part)]
    } else reached = isDoc(reached) ? ownField(reached, part) : undefined
    left = after
  }
}

/** An array inside the array whose elements are followed: it is one key as a whole. */
class WholeArray {
  readonly array: readonly unknown[]

  constructor(array: readonly unknown[]) {
    this.array = array
  }
}

function elementStep(element: unknown, rest: readonly string[]): Step {
  if (rest.length > 0) return { value: isDoc(element) ? element : undefined, rest }
  return { value: Array.isArray(element) ? new WholeArray(element) : element, rest }
}

/** Returns the rows of values of a document in an index: one, or one per element of the array that the fields share. */
function rowsOf(steps: readonly Step[]): { rows: unknown[][]; multikey: boolean } {
  const reached = steps.map(descend)
  const arrays = new Set(reached.flatMap(({ value }) => (Array.isArray(value) ? [value] : [])))
  const [array] = arrays
  if (!array) return { rows: [reached.map(({ value }) => value)], multikey: false }
  if (arrays.size > 1) throw new CommandError('CannotIndexParallelArrays', 'cannot index parallel arrays')
  const elements: unknown[] = array.length > 0 ? array : [undefined]
  const rows = elements.flatMap(
    element =>
      rowsOf(
        reached.map(step => {
          if (step.value !== array) return step
          return array.length === 0 && step.rest.length === 0
            ? { value: emptyArray, rest: [] }
            : elementStep(element, step.rest)
        })
      ).rows
  )
  return { rows, multikey: true }
}

function rowsIn(shape: IndexShape, doc: Doc): { rows: unknown[][]; multikey: boolean } {
  const { rows, multikey } = rowsOf(shape.fields.map(({ path }) => ({ value: doc, rest: path.split('.') })))
  return { rows: rows.map(row => row.map(value => (value instanceof WholeArray ? value.array : value))), multikey }
}

function directionsOf({ fields }: IndexShape): boolean[] {
  return fields.map(({ isDescending }) => isDescending)
}

/** Returns the values of a key of a document, or undefined if the document does not have the key. */
export function valuesOfKey(shape: IndexShape, doc: Doc, key: Buffer): unknown[] | undefined {
  return rowsIn(shape, doc).rows.find(row => compoundKey(row, directionsOf(shape)).equals(key))
}

/** Returns the keys of a document in an index. Throws CannotIndexParallelArrays if two fields are different arrays. */
export function documentKeys(shape: IndexShape, doc: Doc): DocumentKeys {
  const directions = directionsOf(shape)
  const { rows, multikey } = rowsIn(shape, doc)
  const held = shape.sparse ? rows.filter(row => row.some(value => value !== undefined)) : rows
  if (held.length <= 1) return { keys: held.map(row => compoundKey(row, directions)), multikey }
  const keys = new Map(
    held.map(row => {
      const key = compoundKey(row, directions)
      return [key.toString('latin1'), key]
    })
  )
  return { keys: [...keys.values()], multikey }
}
