import {
  CommandError,
  documentKeys,
  indexFields,
  type Doc,
  type IndexShape
} from '../../plugins/embedded/document-keys.ts'

/** An index as it is written down. */
export interface WrittenIndex {
  key: Record<string, unknown>
  options: Record<string, unknown>
}

export interface NamedShape extends IndexShape {
  name: string
}

/** Of an index with any other option it is not known here which keys it holds. */
const knownOptions: ReadonlySet<string> = new Set(['name', 'unique', 'sparse', 'expireAfterSeconds'])

const idIndex: WrittenIndex = { key: { _id: 1 }, options: { name: '_id_', unique: true } }

function isPlain({ key, options }: WrittenIndex): boolean {
  return (
    Object.keys(options).every(name => knownOptions.has(name)) &&
    Object.values(key).every(direction => typeof direction === 'number')
  )
}

/** That of `_id`, and those of the indexes whose keys can be made here as a database makes them. */
export function plainShapes(indexes: readonly WrittenIndex[]): NamedShape[] {
  return [idIndex, ...indexes.filter(isPlain)].map(({ key, options }) => ({
    name: String(options.name),
    fields: indexFields(key),
    unique: options.unique === true,
    sparse: options.sparse === true,
    multikey: false
  }))
}

/** A document's keys in an index; null where it holds a value whose key not every database makes, such as a Decimal128. */
export function keysIn(shape: NamedShape, document: Doc): Buffer[] | null {
  try {
    return documentKeys(shape, document).keys
  } catch (error) {
    if (error instanceof CommandError) return null
    throw error
  }
}
