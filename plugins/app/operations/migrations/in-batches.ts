import { defaultSliceSize } from '../../documents/slices.ts'

/** Groups items into batches small enough for one bulk write. */
export async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    if (batch.push(item) < defaultSliceSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
