import { BSON, type Collection, type Filter, type FindOptions } from 'mongodb'

/** A stored record that an export leaves out, because it cannot be decoded or converted. */
export class UnreadableRecord {
  readonly id: string | null
  readonly cause: unknown

  /** @param id null when not even the id can be decoded */
  constructor(id: string | null, cause: unknown) {
    this.id = id
    this.cause = cause
  }
}

/**
 * Yields the documents that match a filter as an export has them. A document that cannot be decoded or converted
 * becomes an `UnreadableRecord`, and the next one follows. An error of the query itself throws: the rest is unknown.
 */
export async function* exportedRecords<D extends { _id: string }>(
  collection: Collection<D>,
  filter: Filter<D>,
  convert: (document: D) => object,
  options: Pick<FindOptions, 'sort' | 'projection'> = {}
): AsyncGenerator<object> {
  // The driver ends a cursor at the first document that it cannot decode, so the documents are decoded here.
  for await (const bytes of collection.find<object>(filter, { ...options, raw: true })) {
    yield bytes instanceof Uint8Array ? decoded(bytes, convert) : new UnreadableRecord(null, 'not BSON')
  }
}

/** Returns what `convert` returns, or an `UnreadableRecord` when it throws. It must not read the store. */
export function convertedOrUnreadable(id: string, convert: () => object): object {
  try {
    return convert()
  } catch (error) {
    return new UnreadableRecord(id, error)
  }
}

function decoded<D extends { _id: string }>(bytes: Uint8Array, convert: (document: D) => object): object {
  try {
    return convert(BSON.deserialize(bytes) as D)
  } catch (error) {
    return new UnreadableRecord(idIn(bytes), error)
  }
}

/** Returns the id of a document whose texts may have invalid bytes. */
function idIn(bytes: Uint8Array): string | null {
  try {
    const { _id: id }: { _id?: unknown } = BSON.deserialize(bytes, { validation: { utf8: false } })
    return typeof id === 'string' ? id : null
  } catch {
    return null
  }
}
