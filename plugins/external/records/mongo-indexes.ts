import { MongoServerError, type Collection } from 'mongodb'
import type { RecordDocument } from './mongo-filters.ts'
import { fieldsOf } from './record-fields.ts'
import type { RecordKey, RecordKind } from './record-store.ts'

/** MongoDB's error code for a collection that does not exist. */
const noCollection = 26

interface WantedIndex {
  readonly fields: readonly string[]
  readonly unique: boolean
  readonly sparse: boolean
}

/** Names an index by what it can find. Directions do not matter, since a range of an index is read either way. */
function shapeOf(fields: readonly string[], unique: boolean): string {
  return `${unique ? 'unique ' : ''}${fields.join()}`
}

/** Returns the indexes that find the records of a kind, without those that others replace. */
function indexesOf({ place, indexes }: RecordKind): WantedIndex[] {
  const keys: RecordKey[] = [{ ...place, unique: true }, ...Object.values<RecordKey>(indexes)]
  const wanted = keys.map((key, n): WantedIndex => {
    const fields = fieldsOf(key)
    // The id is unique in any case.
    return { fields, unique: key.unique === true && !fields.includes('_id'), sparse: n > 0 }
  })
  const isBeginning = (fields: readonly string[], other: WantedIndex) =>
    fields.length < other.fields.length && fields.every((field, n) => field === other.fields[n])
  return wanted.filter(
    ({ fields, unique }) => fields.join() !== '_id' && (unique || !wanted.some(other => isBeginning(fields, other)))
  )
}

/** Returns the shapes of the indexes that a collection has. */
async function existingShapes(collection: Collection<RecordDocument>): Promise<Set<string>> {
  try {
    const existing = await collection.indexes()
    return new Set(existing.map(({ key, unique }) => shapeOf(Object.keys(key), unique === true)))
  } catch (error) {
    if (error instanceof MongoServerError && error.code === noCollection) return new Set()
    throw error
  }
}

/**
 * Creates the indexes of a kind. Keeps those of earlier builds with the same fields, whatever their directions:
 * building an index takes long in a large collection.
 */
export async function createIndexes(collection: Collection<RecordDocument>, kind: RecordKind): Promise<void> {
  const existing = await existingShapes(collection)
  for (const { fields, unique, sparse } of indexesOf(kind)) {
    if (existing.has(shapeOf(fields, unique))) continue
    const key = Object.fromEntries(fields.map(field => [field, 1] as const))
    await collection.createIndex(key, { ...(unique && { unique }), ...(sparse && { sparse }) })
  }
  const { expires } = kind
  if (expires === undefined || existing.has(shapeOf([expires], false))) return
  await collection.createIndex({ [expires]: 1 }, { expireAfterSeconds: 0 })
}
