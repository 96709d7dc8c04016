import { BSON, type Collection, type Document, type Filter, type FindOptions } from 'mongodb'

/** A document, or the reason why it cannot be decoded, with its `_id` unless that is damaged too. */
export type Decoded<D> = { document: D } | { error: unknown; id: unknown }

export interface DecodeOptions<D> extends Pick<FindOptions, 'sort' | 'projection' | 'batchSize' | 'limit'> {
  filter?: Filter<D>
  decoding?: BSON.DeserializeOptions
}

/**
 * Yields each document that matches a filter. One that cannot be decoded, such as a text with invalid bytes, does not
 * hide the next ones: the driver ends a cursor there, so the documents are decoded here. An error of the query throws.
 */
export async function* decodeEach<D extends Document>(
  collection: Collection<D>,
  { filter = {}, decoding, ...options }: DecodeOptions<D> = {}
): AsyncGenerator<Decoded<D>> {
  for await (const bytes of collection.find<object>(filter, { ...options, raw: true })) yield decode(bytes, decoding)
}

function decode<D>(bytes: object, decoding: BSON.DeserializeOptions | undefined): Decoded<D> {
  if (!(bytes instanceof Uint8Array)) return { error: 'not BSON', id: undefined }
  try {
    return { document: BSON.deserialize(bytes, decoding) as D }
  } catch (error) {
    return { error, id: idIn(bytes) }
  }
}

/** Returns the id of a document whose texts may have invalid bytes; undefined when the id is damaged too. */
function idIn(bytes: Uint8Array): unknown {
  try {
    return BSON.deserialize(bytes, { validation: { utf8: false } })._id
  } catch {
    return undefined
  }
}
