import { isDoc, type Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { compileMatcher } from '../query/matcher.ts'
import { plainValueAt, type UpdatePath } from './path.ts'

function conditionsOn(filter: Doc, array: string): Doc[] {
  return Object.entries(filter).flatMap(([key, value]) => {
    if (key === '$and' && Array.isArray(value)) {
      return value.filter(isDoc).flatMap(clause => conditionsOn(clause, array))
    }
    return key === array || key.startsWith(`${array}.`) ? [{ [key]: value }] : []
  })
}

/**
 * Puts in place of `$` the index of the first element by which the document matches the query. Throws BadValue where the query says
 * nothing of that array.
 */
export function resolvePositional(path: UpdatePath, filter: Doc, doc: Doc): UpdatePath {
  const at = path.parts.indexOf('$')
  if (at === -1) return path
  const before = path.parts.slice(0, at)
  const conditions = conditionsOn(filter, before.join('.'))
  const array = plainValueAt(doc, { ...path, parts: before })
  const matches = conditions.length > 0 ? compileMatcher({ $and: conditions }) : () => false
  const index = Array.isArray(array)
    ? array.findIndex((element: unknown) =>
        matches(
          before.reduceRight<Doc>((inner, part, n) => ({ [part]: n === before.length - 1 ? [element] : inner }), {})
        )
      )
    : -1
  if (index === -1) {
    throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.')
  }
  return resolvePositional({ ...path, parts: path.parts.with(at, String(index)) }, filter, doc)
}
