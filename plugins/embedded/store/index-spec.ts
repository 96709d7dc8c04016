import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { unsupportedIndexOptions } from '../unsupported.ts'
import type { IndexField } from './index-shape.ts'

const knownOptions: ReadonlySet<string> = new Set([
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'expireAfterSeconds',
  'background'
])

/** Maximum of `expireAfterSeconds`, the same as MongoDB's. */
const maxExpirySeconds = 2 ** 31 - 1

/**
 * Reads the fields of an index's `key`. Throws for an index of an unsupported kind: text, hashed, 2dsphere, wildcard.
 */
export function indexFields(key: unknown): IndexField[] {
  if (!isDoc(key) || Object.keys(key).length === 0) {
    throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty')
  }
  return Object.entries(key).map(([path, direction]) => {
    if (typeof direction === 'string') throw notSupported(`An index of type '${direction}'`)
    if (path.includes('$**')) throw notSupported('A wildcard index')
    const number = numberIn(direction)
    if (number === undefined || number === 0 || Number.isNaN(number)) {
      throw new CommandError(
        'CannotCreateIndex',
        `Values in the index key pattern must be 1 or -1, not ${String(direction)}`
      )
    }
    if (number !== 1 && number !== -1) throw notSupported(`The direction ${number} of an index`)
    if (path === '' || path.split('.').some(part => part === '' || part.startsWith('$'))) {
      throw new CommandError('CannotCreateIndex', `Index key contains an illegal field name: '${path}'`)
    }
    return { path, isDescending: number < 0 }
  })
}

function assertOptions(spec: Doc): void {
  for (const option of ['unique', 'sparse', 'background']) {
    const value = spec[option]
    if (value !== undefined && typeof value !== 'boolean' && numberIn(value) === undefined) {
      throw new CommandError('TypeMismatch', `The field '${option}' has to be a boolean or a number`)
    }
  }
  if (spec.v !== undefined && numberIn(spec.v) !== 2) throw notSupported(`The version ${String(spec.v)} of an index`)
  for (const option of Object.keys(spec)) {
    if (unsupportedIndexOptions.has(option)) throw notSupported(`The index option '${option}'`)
    if (!knownOptions.has(option)) {
      throw new CommandError(
        'InvalidIndexSpecificationOption',
        `The field '${option}' is not valid for an index specification`
      )
    }
  }
}

/**
 * Returns the specification of an index as it is stored. Throws, naming it, for an option that is unknown or
 * unsupported.
 */
export function normalizeIndexSpec(spec: unknown): Doc {
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'an index specification must be a document')
  assertOptions(spec)
  const fields = indexFields(spec.key)
  const expireAfterSeconds = numberIn(spec.expireAfterSeconds)
  if (spec.expireAfterSeconds !== undefined) {
    if (expireAfterSeconds === undefined || expireAfterSeconds < 0 || expireAfterSeconds > maxExpirySeconds) {
      throw new CommandError(
        'CannotCreateIndex',
        `TTL index 'expireAfterSeconds' option must be within 0 and ${maxExpirySeconds}`
      )
    }
    if (fields.length > 1) {
      throw new CommandError(
        'CannotCreateIndex',
        'TTL indexes are single-field indexes, compound indexes do not support TTL'
      )
    }
  }
  const name =
    typeof spec.name === 'string' && spec.name !== ''
      ? spec.name
      : fields.map(({ path, isDescending }) => `${path}_${isDescending ? -1 : 1}`).join('_')
  return {
    v: 2,
    key: Object.fromEntries(fields.map(({ path, isDescending }) => [path, isDescending ? -1 : 1])),
    name,
    ...(spec.unique ? { unique: true } : {}),
    ...(spec.sparse ? { sparse: true } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds })
  }
}
