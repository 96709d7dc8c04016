import { isDoc, ownField, setField, type Doc } from '../bson/codec.ts'

/** A copy of a document with another value at a path (`undefined`: without it), in every element where an array is on the way. */
export function withValueAt(doc: Doc, path: readonly string[], value: unknown): Doc {
  const [field = '', ...rest] = path
  const copy = { ...doc }
  const inner = rest.length === 0 ? value : innerWithValueAt(ownField(doc, field), rest, value)
  if (inner === undefined) delete copy[field]
  else setField(copy, field, inner)
  return copy
}

function innerWithValueAt(inner: unknown, path: readonly string[], value: unknown): unknown {
  if (Array.isArray(inner)) return inner.map(element => innerWithValueAt(element, path, value))
  if (value === undefined && !isDoc(inner)) return inner
  return withValueAt(isDoc(inner) ? inner : {}, path, value)
}
