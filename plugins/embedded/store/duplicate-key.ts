import { EJSON } from 'bson'
import { decodeTyped } from '../bson/codec.ts'
import { emptyArray } from '../bson/key.ts'
import { CommandError } from '../errors.ts'
import { valuesOfKey } from './index-keys.ts'
import type { Index } from './index.ts'

/** Returns the error for a key of a document that a unique index already has, in MongoDB's words. */
export function duplicateKey(namespace: string, index: Index, bytes: Uint8Array, key: Buffer): CommandError {
  const values = valuesOfKey(index, decodeTyped(bytes), key) ?? []
  const valueAt = (n: number): unknown => (values[n] === emptyArray ? [] : (values[n] ?? null))
  const keyPattern = Object.fromEntries(index.fields.map(({ path, isDescending }) => [path, isDescending ? -1 : 1]))
  const keyValue = Object.fromEntries(index.fields.map(({ path }, n) => [path, valueAt(n)]))
  const shown = Object.entries(keyValue)
    .map(([path, value]) => `${path}: ${EJSON.stringify(value)}`)
    .join(', ')
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown} }`,
    { keyPattern, keyValue }
  )
}
