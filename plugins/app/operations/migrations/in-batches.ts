const mostAtOnce = 500

/** Documents of a cursor, some hundreds at a time: few enough for one bulk write, which a server answers soon. */
export async function* inBatches<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = []
  for await (const item of items) {
    if (batch.push(item) < mostAtOnce) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
