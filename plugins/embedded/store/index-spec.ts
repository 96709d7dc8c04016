import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { IndexField } from './index-shape.ts'

const known = new Set(['v', 'key', 'name', 'ns', 'unique', 'sparse', 'expireAfterSeconds', 'background'])
const absent: ReadonlySet<string> = new Set([
  'partialFilterExpression',
  'collation',
  'hidden',
  'storageEngine',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'wildcardProjection',
  'clustered',
  'prepareUnique'
])

/** The fields of an index's `key`. Throws for kinds of index that are not kept: text, hashed, 2dsphere, wildcard. */
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
    if (path === '' || path.split('.').some(part => part === '' || part.startsWith('$'))) {
      throw new CommandError('CannotCreateIndex', `Index key contains an illegal field name: '${path}'`)
    }
    return { path, descending: number < 0 }
  })
}

function refuseOptions(spec: Doc): void {
  for (const option of Object.keys(spec)) {
    if (absent.has(option)) throw notSupported(`The index option '${option}'`)
    if (!known.has(option)) {
      throw new CommandError(
        'InvalidIndexSpecificationOption',
        `The field '${option}' is not valid for an index specification`
      )
    }
  }
}

/** What is kept of an index's specification. Throws, naming it, for an option that is not known or not kept. */
export function normalizeIndexSpec(spec: unknown): Doc {
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'an index specification must be a document')
  refuseOptions(spec)
  const fields = indexFields(spec.key)
  const expireAfterSeconds = numberIn(spec.expireAfterSeconds)
  if (spec.expireAfterSeconds !== undefined) {
    if (expireAfterSeconds === undefined || expireAfterSeconds < 0 || expireAfterSeconds > 2 ** 31 - 1) {
      throw new CommandError(
        'CannotCreateIndex',
        "TTL index 'expireAfterSeconds' option must be within 0 and 2147483647"
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
      : fields.map(({ path, descending }) => `${path}_${descending ? -1 : 1}`).join('_')
  return {
    v: 2,
    key: Object.fromEntries(fields.map(({ path, descending }) => [path, descending ? -1 : 1])),
    name,
    ...(spec.unique ? { unique: true } : {}),
    ...(spec.sparse ? { sparse: true } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds })
  }
}
