import { calculateObjectSize } from 'bson'
import type { Document } from 'mongodb'

const mostDocumentsAtOnce = 500
const mostBytesAtOnce = 8 * 1024 * 1024

/** Documents of a cursor, as many at once as a message may well hold. */
export async function* inMessages(documents: AsyncIterable<Document>): AsyncGenerator<Document[]> {
  let batch: Document[] = []
  let bytes = 0
  for await (const document of documents) {
    batch.push(document)
    bytes += calculateObjectSize(document)
    if (batch.length < mostDocumentsAtOnce && bytes < mostBytesAtOnce) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
