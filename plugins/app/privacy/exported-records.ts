import type { Collection, Filter, FindOptions } from 'mongodb'
import type { DecodedRecord } from '../../external/records/record-store.ts'
import { decodeEach } from '../documents/decode-each.ts'

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
  for await (const decoded of decodeEach(collection, { filter, ...options })) {
    yield 'document' in decoded
      ? convertedOrUnreadable(decoded.document._id, () => convert(decoded.document))
      : new UnreadableRecord(textOrNull(decoded.id), decoded.error)
  }
}

/** Yields stored records like `exportedRecords`. */
export async function* exportedFrom<R extends { _id: string }>(
  records: AsyncIterable<DecodedRecord<R>>,
  convert: (record: R) => object
): AsyncGenerator<object> {
  for await (const decoded of records) {
    yield 'record' in decoded
      ? convertedOrUnreadable(decoded.record._id, () => convert(decoded.record))
      : new UnreadableRecord(textOrNull(decoded.id), decoded.error)
  }
}

/** Returns what `convert` returns, or an `UnreadableRecord` when it throws. It must not read the store. */
export function convertedOrUnreadable(id: unknown, convert: () => object): object {
  try {
    return convert()
  } catch (error) {
    return new UnreadableRecord(textOrNull(id), error)
  }
}

function textOrNull(id: unknown): string | null {
  return typeof id === 'string' ? id : null
}
