import { isDoc, ownField, setField, type Doc } from '../bson/codec.ts'
import { isArrayIndex } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import type { Matcher } from '../query/matcher.ts'

/** What becomes of the value at a path; `undefined` stands for missing, before and after. */
export type Change = (value: unknown) => unknown

/** A path whose parts may be `$[]` and `$[name]`, with the filters those names stand for. */
export interface UpdatePath {
  text: string
  parts: readonly string[]
  filters: ReadonlyMap<string, Matcher>
}

/** As many nulls as MongoDB puts before an element set past an array's end. */
const maxPadding = 1_500_000

function isPlaceholder(part: string | undefined): boolean {
  return part?.startsWith('$[') === true
}

/** Splits a path. Throws EmptyFieldName, DollarPrefixedFieldName, or BadValue for a filter that was not given. */
export function parsePath(text: string, filters: ReadonlyMap<string, Matcher>): UpdatePath {
  const parts = text.split('.')
  for (const part of parts) {
    if (part === '') {
      throw new CommandError(
        'EmptyFieldName',
        `The update path '${text}' contains an empty field name, which is not allowed.`
      )
    }
    const name = /^\$\[(.*)\]$/.exec(part)?.[1]
    if (name && !filters.has(name)) {
      throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path '${text}'`)
    }
    if (name === undefined && part !== '$' && part.startsWith('$')) {
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${part}' in '${text}' is not allowed in the context of an update's path.`
      )
    }
  }
  if (isPlaceholder(parts[0]) || parts[0] === '$') {
    throw new CommandError(
      'BadValue',
      `Cannot have array filter or positional element as the first path component in '${text}'`
    )
  }
  return { text, parts, filters }
}

function notViable(path: UpdatePath, at: number, value: unknown): CommandError {
  return new CommandError(
    'PathNotViable',
    `Cannot create field '${path.parts[at] ?? ''}' in element {${path.parts[at - 1] ?? ''}: ${JSON.stringify(value) ?? ''}} (path '${path.text}')`
  )
}

function changeElements(array: unknown[], path: UpdatePath, at: number, change: Change, create: boolean): void {
  const name = path.parts[at]?.slice(2, -1) ?? ''
  const matches = name === '' ? () => true : path.filters.get(name)
  for (const [n, element] of array.entries()) {
    if (!matches?.({ [name]: element })) continue
    array[n] = changeBelow(element, path, at + 1, change, create) ?? null
  }
}

function changeInArray(array: unknown[], path: UpdatePath, at: number, change: Change, create: boolean): void {
  const part = path.parts[at] ?? ''
  if (isPlaceholder(part)) return changeElements(array, path, at, change, create)
  if (!isArrayIndex(part)) {
    if (create) throw notViable(path, at, array)
    return
  }
  const index = Number(part)
  if (index >= array.length && !create) return
  if (index > array.length + maxPadding) {
    throw new CommandError('BadValue', `can't backfill more than ${maxPadding} elements`)
  }
  while (array.length < index) array.push(null)
  array[index] = changeBelow(array[index], path, at + 1, change, create) ?? null
}

function changeInDoc(doc: Doc, path: UpdatePath, at: number, change: Change, create: boolean): void {
  const field = path.parts[at] ?? ''
  const before = ownField(doc, field)
  const after = changeBelow(before, path, at + 1, change, create)
  if (after !== undefined) setField(doc, field, after)
  else if (before !== undefined) delete doc[field]
}

/** What becomes of a value when `change` is made at the path below it. */
function changeBelow(value: unknown, path: UpdatePath, at: number, change: Change, create: boolean): unknown {
  if (at === path.parts.length) return change(value)
  if (isPlaceholder(path.parts[at]) && !Array.isArray(value)) {
    throw new CommandError(
      'BadValue',
      `The path '${path.parts.slice(0, at).join('.')}' must exist in the document, and be an array, to apply array updates.`
    )
  }
  if (Array.isArray(value)) changeInArray(value, path, at, change, create)
  else if (isDoc(value)) changeInDoc(value, path, at, change, create)
  else if (value === undefined && create) {
    const made: Doc = {}
    changeInDoc(made, path, at, change, create)
    return made
  } else if (create) throw notViable(path, at, value)
  return value
}

/**
 * Makes a change at a path of a document, in place. With `create` what lacks on the way is made, and PathNotViable is thrown where
 * a value stands in the way; without, nothing is changed then.
 */
export function changeAt(doc: Doc, path: UpdatePath, change: Change, create: boolean): void {
  changeInDoc(doc, path, 0, change, create)
}

/** The value at a path without arrays on the way. */
export function plainValueAt(doc: Doc, path: UpdatePath): unknown {
  return path.parts.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) {
      throw new CommandError('BadValue', `The path '${path.text}' may not lead through an array`)
    }
    return isDoc(value) ? ownField(value, part) : undefined
  }, doc)
}
