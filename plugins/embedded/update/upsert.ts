import { BSONRegExp } from 'bson'
import { isDoc, type Doc } from '../bson/codec.ts'
import { changeAt, parsePath } from './path.ts'

function isOperatorObject(value: unknown): value is Doc {
  return isDoc(value) && Object.keys(value)[0]?.startsWith('$') === true
}

function equalities(filter: Doc): Array<[string, unknown]> {
  return Object.entries(filter).flatMap(([key, value]): Array<[string, unknown]> => {
    const clauses = Array.isArray(value) ? value.filter(isDoc) : []
    if (key === '$and' || (key === '$or' && clauses.length === 1)) return clauses.flatMap(equalities)
    if (key.startsWith('$') || value instanceof BSONRegExp) return []
    if (!isOperatorObject(value)) return [[key, value]]
    return '$eq' in value ? [[key, value.$eq]] : []
  })
}

/** What an upsert begins with: the fields that the query says are equal to something. `filter` is decoded for writing. */
export function documentFromFilter(filter: Doc): Doc {
  const doc: Doc = {}
  for (const [path, value] of equalities(filter)) changeAt(doc, parsePath(path, new Map()), () => value, true)
  return doc
}
