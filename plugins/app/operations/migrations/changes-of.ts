import type { Collection, Document } from 'mongodb'
import { decodeEach, type DecodeOptions } from '../../documents/decode-each.ts'

/** The documents that a migration reads. */
export type Selection<D extends Document> = Pick<DecodeOptions<D>, 'filter' | 'projection' | 'batchSize'>

/**
 * Yields what `convert` returns for each document, unless it is undefined. Leaves out documents that cannot be decoded
 * or converted, which stay as they are: one damaged document must not keep the server from starting.
 */
export async function* changesOf<D extends Document, Change>(
  collection: Collection<D>,
  selection: Selection<D>,
  convert: (document: D) => Change | undefined
): AsyncGenerator<Change> {
  for await (const decoded of decodeEach(collection, selection)) {
    const change = 'document' in decoded ? tryConvert(decoded.document, convert) : undefined
    if (change !== undefined) yield change
  }
}

function tryConvert<D, Change>(document: D, convert: (document: D) => Change | undefined): Change | undefined {
  try {
    return convert(document)
  } catch {
    return undefined
  }
}
