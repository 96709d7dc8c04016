import {
  CommandError,
  documentKeys,
  indexFields,
  type Doc,
  type IndexShape
} from '../../plugins/embedded/document-keys.ts'

/** An index as a backup stores it. */
export interface IndexDefinition {
  key: Record<string, unknown>
  options: Record<string, unknown>
}

export interface NamedShape extends IndexShape {
  name: string
}

/** The keys of an index with any other option cannot be computed here. */
const knownOptions: ReadonlySet<string> = new Set(['name', 'unique', 'sparse', 'expireAfterSeconds'])

const idIndex: IndexDefinition = { key: { _id: 1 }, options: { name: '_id_', unique: true } }

function isKnown({ key, options }: IndexDefinition): boolean {
  return (
    Object.keys(options).every(name => knownOptions.has(name)) &&
    Object.values(key).every(direction => typeof direction === 'number')
  )
}

/** Returns the index of `_id`, and the indexes whose keys can be computed here as a database computes them. */
export function knownIndexShapes(indexes: readonly IndexDefinition[]): NamedShape[] {
  return [idIndex, ...indexes.filter(isKnown)].map(({ key, options }) => ({
    name: String(options.name),
    fields: indexFields(key),
    unique: options.unique === true,
    sparse: options.sparse === true,
    multikey: false
  }))
}

/** Returns the keys of a document in an index, or null for a value without a portable key, such as a Decimal128. */
export function keysIn(shape: NamedShape, document: Doc): Buffer[] | null {
  try {
    return documentKeys(shape, document).keys
  } catch (error) {
    if (error instanceof CommandError) return null
    throw error
  }
}
