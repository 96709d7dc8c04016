import type { Collection, Document, Filter, ObjectId, UpdateFilter } from 'mongodb'

/**
 * Number of documents that one operation changes. The embedded store has one thread, and other operations wait for it
 * meanwhile.
 */
export const defaultSliceSize = 250

interface Identified extends Document {
  _id: string | ObjectId
}

/** Splits a list into slices. */
export function slicesOf<Item>(items: readonly Item[], size = defaultSliceSize): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}

/** Yields the ids of the documents that match a filter, in slices. Documents may be changed or removed meanwhile. */
async function* idSlices<D extends Identified>(
  collection: Collection<D>,
  filter: Filter<D>,
  size: number
): AsyncGenerator<D['_id'][]> {
  let slice: D['_id'][] = []
  const found = collection.find<Pick<D, '_id'>>(filter, { projection: { _id: 1 } }).batchSize(size)
  for await (const { _id } of found) {
    if (slice.push(_id) < size) continue
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
  filter: Filter<D>,
  size = defaultSliceSize
): Promise<void> {
  for await (const ids of idSlices(collection, filter, size)) await collection.deleteMany(ofIds(ids, filter))
}

/** Updates all documents that match a filter, in several operations. */
export async function updateInSlices<D extends Identified>(
  collection: Collection<D>,
  filter: Filter<D>,
  update: UpdateFilter<D>
): Promise<void> {
  for await (const ids of idSlices(collection, filter, defaultSliceSize)) {
    await collection.updateMany(ofIds(ids, filter), update)
  }
}

/** The filter again: a document may not match it any more. */
function ofIds<D extends Identified>(ids: readonly D['_id'][], filter: Filter<D>): Filter<D> {
  const conditions: Filter<D>[] = [{ _id: { $in: ids } } as Filter<D>, filter]
  return { $and: conditions } as Filter<D>
}
