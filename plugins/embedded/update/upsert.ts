import { isDoc, isOperatorObject, type Doc } from '../bson/codec.ts'
import { changeAt, parsePath } from './path.ts'

function equalities(filter: Doc): Array<[string, unknown]> {
  return Object.entries(filter).flatMap(([key, value]): Array<[string, unknown]> => {
    const clauses = Array.isArray(value) ? value.filter(isDoc) : []
    if (key === '$and' || (key === '$or' && clauses.length === 1)) return clauses.flatMap(equalities)
    if (key.startsWith('$')) return []
    if (!isOperatorObject(value)) return [[key, value]]
    return '$eq' in value ? [[key, value.$eq]] : []
  })
}

/**
 * Returns the document that an upsert starts with: the fields for which the query names one value. `filter` is decoded
 * for writing.
 */
export function documentFromFilter(filter: Doc): Doc {
  const doc: Doc = {}
  for (const [path, value] of equalities(filter)) changeAt(doc, parsePath(path), () => value, true)
  return doc
}
