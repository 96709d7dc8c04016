const maxBatchSize = 250

/** Groups items into batches small enough for one bulk write. */
export async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    if (batch.push(item) < maxBatchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
