import { EJSON } from 'bson'
import { ownField, isDoc, type Doc } from '../bson/codec.ts'
import { valuesAt } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import type { Index } from './index.ts'

function valueAt(doc: Doc, path: string): unknown {
  const plain = path
    .split('.')
    .reduce<unknown>((value, part) => (isDoc(value) ? ownField(value, part) : undefined), doc)
  return plain ?? valuesAt(doc, path.split('.'))[0] ?? null
}

/** Returns the error for a key that a unique index already has, in MongoDB's words. */
export function duplicateKey(namespace: string, index: Index, doc: Doc): CommandError {
  const keyPattern = Object.fromEntries(index.fields.map(({ path, isDescending }) => [path, isDescending ? -1 : 1]))
  const keyValue = Object.fromEntries(index.fields.map(({ path }) => [path, valueAt(doc, path)]))
  const shown = Object.entries(keyValue)
    .map(([path, value]) => `${path}: ${EJSON.stringify(value)}`)
    .join(', ')
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown} }`,
    { keyPattern, keyValue }
  )
}
