import { isDoc, ownField, setField, type Doc } from '../bson/codec.ts'
import { isArrayIndex } from '../bson/paths.ts'
import { CommandError, notSupported } from '../errors.ts'
import { ElementSelector, type ArrayFilters } from './array-filters.ts'

/** Returns the new value at a path, given the old one. `undefined` means that the value is missing. */
export type Change = (value: unknown) => unknown

/** Maximum number of nulls that are inserted before an element beyond the end of an array, the same as MongoDB's. */
const maxPadding = 1_500_000

/** A part of a path: the name of a field, the number of an element, or what selects elements. */
type Part = string | ElementSelector
export type Path = readonly Part[]

/**
 * Splits the path of an update. Throws for an empty or positional part, and for one that begins with `$` and is not of
 * the form `$[name]`.
 */
export function parsePath(text: string, filters: ArrayFilters): Path {
  return text.split('.').map((part, n): Part => {
    const selector = n > 0 ? filters.selectorOf(part, text) : undefined
    if (selector) return selector
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
    return part
  })
}

function textOf(part: Part | undefined): string {
  return part instanceof ElementSelector ? part.text : (part ?? '')
}

function textOfPath(path: Path): string {
  return path.map(textOf).join('.')
}

function notViable(path: Path, at: number, value: unknown): CommandError {
  return new CommandError(
    'PathNotViable',
    `Cannot create field '${textOf(path[at])}' in element ` +
      `{${textOf(path[at - 1])}: ${JSON.stringify(value) ?? ''}} (path '${textOfPath(path)}')`
  )
}

/** Leaves a missing path as it is. Throws if the path selects elements: their array has to exist. */
function leaveMissing(path: Path, at: number): void {
  const selector = path.findIndex((part, n) => n >= at && part instanceof ElementSelector)
  if (selector === -1) return
  throw new CommandError(
    'BadValue',
    `The path '${textOfPath(path.slice(0, selector))}' must exist in the document in order to apply array updates.`
  )
}

function changeSelected(
  value: unknown,
  path: Path,
  at: number,
  selector: ElementSelector,
  change: Change,
  createsPath: boolean
): void {
  if (value === undefined) leaveMissing(path, at)
  if (!Array.isArray(value)) {
    throw new CommandError(
      'BadValue',
      `Cannot apply array updates to non-array element ${textOfPath(path.slice(0, at))}`
    )
  }
  for (const [n, element] of value.entries()) {
    if (selector.matches(element)) value[n] = changeBelow(element, path, at + 1, change, createsPath) ?? null
  }
}

function changeInArray(array: unknown[], path: Path, at: number, change: Change, createsPath: boolean): void {
  const part = textOf(path[at])
  if (!isArrayIndex(part)) {
    if (createsPath) throw notViable(path, at, array)
    leaveMissing(path, at)
    return
  }
  const index = Number(part)
  if (index >= array.length && !createsPath) {
    leaveMissing(path, at)
    return
  }
  if (index > array.length + maxPadding) {
    throw new CommandError('BadValue', `can't backfill more than ${maxPadding} elements`)
  }
  while (array.length < index) array.push(null)
  array[index] = changeBelow(array[index], path, at + 1, change, createsPath) ?? null
}

function changeInDoc(doc: Doc, path: Path, at: number, change: Change, createsPath: boolean): void {
  const field = textOf(path[at])
  const before = ownField(doc, field)
  const after = changeBelow(before, path, at + 1, change, createsPath)
  if (after !== undefined) setField(doc, field, after)
  else if (before !== undefined) delete doc[field]
}

/** Changes the value at a path below a value, and returns the new value. */
function changeBelow(value: unknown, path: Path, at: number, change: Change, createsPath: boolean): unknown {
  if (at === path.length) return change(value)
  const part = path[at]
  if (part instanceof ElementSelector) changeSelected(value, path, at, part, change, createsPath)
  else if (Array.isArray(value)) changeInArray(value, path, at, change, createsPath)
  else if (isDoc(value)) changeInDoc(value, path, at, change, createsPath)
  else if (value === undefined && createsPath) {
    const made: Doc = {}
    changeInDoc(made, path, at, change, createsPath)
    return made
  } else if (createsPath) throw notViable(path, at, value)
  else leaveMissing(path, at)
  return value
}

/**
 * Changes the value at a path of a document, in place. With `createsPath`, missing documents on the way are created,
 * and PathNotViable is thrown if another value is in the way; otherwise nothing changes in these cases.
 */
export function changeAt(doc: Doc, path: Path, change: Change, createsPath: boolean): void {
  changeInDoc(doc, path, 0, change, createsPath)
}
