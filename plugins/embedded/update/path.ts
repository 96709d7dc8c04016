import { isDoc, ownField, setField, type Doc } from '../bson/codec.ts'
import { isArrayIndex } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'

/** Returns the new value at a path, given the old one. `undefined` means that the value is missing. */
export type Change = (value: unknown) => unknown

/** Maximum number of nulls that are inserted before an element beyond the end of an array, the same as MongoDB's. */
const maxPadding = 1_500_000

/** Splits the path of an update. Throws for an empty or positional part, and for one that begins with `$`. */
export function parsePath(text: string): string[] {
  const parts = text.split('.')
  for (const part of parts) {
    if (part === '') {
      throw new CommandError(
        'EmptyFieldName',
        `The update path '${text}' contains an empty field name, which is not allowed.`
      )
    }
    if (part === '$' || part.startsWith('$[')) throw notSupported(`The positional operator ${part} in '${text}'`)
    if (part.startsWith('$')) {
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${part}' in '${text}' is not allowed in the context of an update's path.`
      )
    }
  }
  return parts
}

function notViable(path: readonly string[], at: number, value: unknown): CommandError {
  return new CommandError(
    'PathNotViable',
    `Cannot create field '${path[at] ?? ''}' in element ` +
      `{${path[at - 1] ?? ''}: ${JSON.stringify(value) ?? ''}} (path '${path.join('.')}')`
  )
}

function changeInArray(
  array: unknown[],
  path: readonly string[],
  at: number,
  change: Change,
  createsPath: boolean
): void {
  const part = path[at] ?? ''
  if (!isArrayIndex(part)) {
    if (createsPath) throw notViable(path, at, array)
    return
  }
  const index = Number(part)
  if (index >= array.length && !createsPath) return
  if (index > array.length + maxPadding) {
    throw new CommandError('BadValue', `can't backfill more than ${maxPadding} elements`)
  }
  while (array.length < index) array.push(null)
  array[index] = changeBelow(array[index], path, at + 1, change, createsPath) ?? null
}

function changeInDoc(doc: Doc, path: readonly string[], at: number, change: Change, createsPath: boolean): void {
  const field = path[at] ?? ''
  const before = ownField(doc, field)
  const after = changeBelow(before, path, at + 1, change, createsPath)
  if (after !== undefined) setField(doc, field, after)
  else if (before !== undefined) delete doc[field]
}

/** Changes the value at a path below a value, and returns the new value. */
function changeBelow(
  value: unknown,
  path: readonly string[],
  at: number,
  change: Change,
  createsPath: boolean
): unknown {
  if (at === path.length) return change(value)
  if (Array.isArray(value)) changeInArray(value, path, at, change, createsPath)
  else if (isDoc(value)) changeInDoc(value, path, at, change, createsPath)
  else if (value === undefined && createsPath) {
    const made: Doc = {}
    changeInDoc(made, path, at, change, createsPath)
    return made
  } else if (createsPath) throw notViable(path, at, value)
  return value
}

/**
 * Changes the value at a path of a document, in place. With `createsPath`, missing documents on the way are created,
 * and PathNotViable is thrown if another value is in the way; otherwise nothing changes in these cases.
 */
export function changeAt(doc: Doc, path: readonly string[], change: Change, createsPath: boolean): void {
  changeInDoc(doc, path, 0, change, createsPath)
}
