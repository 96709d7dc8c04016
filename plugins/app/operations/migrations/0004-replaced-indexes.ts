import { MongoServerError, type Db } from 'mongodb'

/** Indexes that others replace, by collection. The services create those, with more fields behind the first one. */
const replaced = {
  showEvents: 'event.userId_1',
  shows: 'creatorId_1_visibility_1_status_1',
  songs: 'ownerId_1_createdAt_-1__id_-1'
}

/** Error codes of MongoDB: there is no such collection, or no such index. */
const absent: ReadonlySet<unknown> = new Set([26, 27])

/** Drops indexes that are not needed any more, so that no write has to keep them. */
export async function up(db: Db): Promise<void> {
  for (const [collection, index] of Object.entries(replaced)) {
    await db
      .collection(collection)
      .dropIndex(index)
      .catch((error: unknown) => {
        if (!(error instanceof MongoServerError) || !absent.has(error.code)) throw error
      })
  }
}
