import { calculateObjectSize } from 'bson'
import type { Document } from 'mongodb'

const maxBatchDocuments = 500
const maxBatchBytes = 8 * 1024 * 1024

/** Groups documents into batches that fit into one message. */
export async function* inBatches(documents: AsyncIterable<Document>): AsyncGenerator<Document[]> {
  let batch: Document[] = []
  let bytes = 0
  for await (const document of documents) {
    batch.push(document)
    bytes += calculateObjectSize(document)
    if (batch.length < maxBatchDocuments && bytes < maxBatchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
