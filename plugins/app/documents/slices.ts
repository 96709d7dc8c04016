import type { Collection, Filter, UpdateFilter } from 'mongodb'

/**
 * Number of documents that one operation changes. The embedded store has one thread, and other operations wait for it
 * meanwhile.
 */
const sliceSize = 250

interface Identified {
  _id: string
}

/** Yields the ids of the documents that match a filter, in slices. The documents may be changed or removed meanwhile. */
export async function* idSlices<D extends Identified>(
  collection: Collection<D>,
  filter: Filter<D>
): AsyncGenerator<string[]> {
  let slice: string[] = []
  const found = collection.find<Identified>(filter, { projection: { _id: 1 } }).batchSize(sliceSize)
  for await (const { _id } of found) {
    if (slice.push(_id) < sliceSize) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}

/**
 * Removes all documents that match a filter, in several operations. Safe to repeat; an interrupted removal has removed
 * some of them.
 */
export async function deleteInSlices<D extends Identified>(
  collection: Collection<D>,
  filter: Filter<D>
): Promise<void> {
  for await (const ids of idSlices(collection, filter)) await collection.deleteMany(ofIds(ids, filter))
}

/** Updates all documents that match a filter, in several operations. */
export async function updateInSlices<D extends Identified>(
  collection: Collection<D>,
  filter: Filter<D>,
  update: UpdateFilter<D>
): Promise<void> {
  for await (const ids of idSlices(collection, filter)) await collection.updateMany(ofIds(ids, filter), update)
}

/** The filter again: a document may not match it any more. */
function ofIds<D extends Identified>(ids: readonly string[], filter: Filter<D>): Filter<D> {
  const conditions: Filter<D>[] = [{ _id: { $in: ids } } as Filter<D>, filter]
  return { $and: conditions } as Filter<D>
}
