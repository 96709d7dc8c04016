import { isDoc, isOperatorObject, type Doc } from '../bson/codec.ts'
import { CommandError, notSupported } from '../errors.ts'
import { ArrayFilters } from './array-filters.ts'
import { changeAt, parsePath } from './path.ts'

type Equality = [path: string, value: unknown]

/** Returns the values to which the condition of a field binds it. MongoDB takes `$in` of one value as `$eq`. */
function boundValues(condition: unknown): unknown[] {
  if (!isOperatorObject(condition)) return [condition]
  return Object.entries(condition).flatMap(([name, argument]): unknown[] => {
    if (name === '$eq') return [argument]
    if (name !== '$in' || !Array.isArray(argument) || argument.length !== 1) return []
    const [only]: unknown[] = argument
    if (only === null || Array.isArray(only)) throw notSupported('An upsert with $in of only null or an array')
    return [only]
  })
}

function equalities(filter: Doc): Equality[] {
  return Object.entries(filter).flatMap(([key, value]): Equality[] => {
    const clauses = Array.isArray(value) ? value.filter(isDoc) : []
    if (key === '$and' || (key === '$or' && clauses.length === 1)) return clauses.flatMap(equalities)
    return key.startsWith('$') ? [] : boundValues(value).map((bound): Equality => [key, bound])
  })
}

/** Throws NotSingleValueField if two of the paths are the same, or one is a part of another. */
function assertDifferent(paths: readonly string[]): void {
  for (const [n, path] of paths.entries()) {
    const other = paths.find((each, m) => m !== n && (each === path || each.startsWith(`${path}.`)))
    if (other === undefined) continue
    throw new CommandError(
      'NotSingleValueField',
      other === path
        ? `cannot infer query fields to set, path '${path}' is matched twice`
        : `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`
    )
  }
}

/**
 * Returns the document that an upsert starts with: the fields for which the query names one value, and only `_id` for a
 * replacement. `filter` is decoded for writing. Throws if the query names several values of a field.
 */
export function documentFromFilter(filter: Doc, isReplacement: boolean): Doc {
  const all = equalities(filter).filter(([path]) => !isReplacement || path === '_id' || path.startsWith('_id.'))
  assertDifferent(all.map(([path]) => path))
  const part = isReplacement ? all.find(([path]) => path !== '_id') : undefined
  if (part) {
    throw new CommandError(
      'NotExactValueField',
      `field at '_id' must be exactly specified, field at sub-path '${part[0]}' found`
    )
  }
  const doc: Doc = {}
  for (const [path, value] of all) changeAt(doc, parsePath(path, new ArrayFilters(undefined)), () => value, true)
  return doc
}
