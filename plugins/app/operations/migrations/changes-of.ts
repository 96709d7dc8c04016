import { BSON, type Collection, type Document, type Filter, type FindOptions } from 'mongodb'

/** The documents that a migration reads. */
export interface Selection<D extends Document> extends Pick<FindOptions, 'projection' | 'batchSize'> {
  filter?: Filter<D>
}

/**
 * Yields what `convert` returns for each document, unless it is undefined. Leaves out documents that cannot be decoded
 * or converted, which stay as they are: one damaged document must not keep the server from starting.
 */
export async function* changesOf<D extends Document, Change>(
  collection: Collection<D>,
  { filter = {}, ...options }: Selection<D>,
  convert: (document: D) => Change | undefined
): AsyncGenerator<Change> {
  // The driver ends a cursor at the first document that it cannot decode, so the documents are decoded here.
  for await (const bytes of collection.find<object>(filter, { ...options, raw: true })) {
    const change = bytes instanceof Uint8Array ? tryConvert(bytes, convert) : undefined
    if (change !== undefined) yield change
  }
}

function tryConvert<D, Change>(bytes: Uint8Array, convert: (document: D) => Change | undefined): Change | undefined {
  try {
    return convert(BSON.deserialize(bytes) as D)
  } catch {
    return undefined
  }
}
