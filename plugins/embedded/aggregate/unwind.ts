import { isDoc, ownField, type Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { withValueAt } from './paths.ts'

function readSpec(given: unknown): { path: string[]; indexField: string[] | undefined; preserve: boolean } {
  const spec = typeof given === 'string' ? { path: given } : given
  if (!isDoc(spec)) throw new CommandError('BadValue', 'the $unwind stage needs a path or an object')
  const { path, includeArrayIndex, preserveNullAndEmptyArrays, ...unknown } = spec
  const [option] = Object.keys(unknown)
  if (option) throw new CommandError('BadValue', `unrecognized option to $unwind stage: ${option}`)
  if (typeof path !== 'string' || !path.startsWith('$')) {
    throw new CommandError('BadValue', `path option to $unwind stage should be prefixed with a '$': ${String(path)}`)
  }
  if (includeArrayIndex !== undefined && typeof includeArrayIndex !== 'string') {
    throw new CommandError('BadValue', "includeArrayIndex must be a field's name")
  }
  return {
    path: path.slice(1).split('.'),
    indexField: includeArrayIndex?.split('.'),
    preserve: preserveNullAndEmptyArrays === true
  }
}

/** `$unwind`: a document for each element of an array. */
export function compileUnwind(given: unknown): (docs: Iterable<Doc>) => Generator<Doc> {
  const { path, indexField, preserve } = readSpec(given)
  const numbered = (doc: Doc, index: number | null) => (indexField ? withValueAt(doc, indexField, index) : doc)
  return function* (docs) {
    for (const doc of docs) {
      const value = path.reduce<unknown>((inner, field) => (isDoc(inner) ? ownField(inner, field) : undefined), doc)
      if (Array.isArray(value) && value.length > 0) {
        for (const [n, element] of value.entries()) yield numbered(withValueAt(doc, path, element), n)
      } else if (value !== undefined && value !== null && !Array.isArray(value)) yield numbered(doc, null)
      else if (preserve) yield numbered(Array.isArray(value) ? withValueAt(doc, path, undefined) : doc, null)
    }
  }
}
