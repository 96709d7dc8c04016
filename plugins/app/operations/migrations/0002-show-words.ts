import type { Db } from 'mongodb'
import { wordsOf } from '../../documents/search-words.ts'
import { changesOf } from './changes-of.ts'
import { inBatches } from './in-batches.ts'

interface OldShow {
  _id: string
  title: string
  description: string
  version: number
  words?: string[]
}

/** Adds the search words to shows that have none. */
export async function up(db: Db): Promise<void> {
  const shows = db.collection<OldShow>('shows')
  const isOld = { words: { $exists: false } }
  const selection = { filter: isOld, projection: { title: 1, description: 1, version: 1 } }
  let tried: number
  // Repeated because a server of the version before may change a title meanwhile; its show then keeps no words of the
  // old title.
  do {
    tried = 0
    const changes = changesOf(shows, selection, ({ _id, title, description, version }) => ({
      updateOne: { filter: { _id, version, ...isOld }, update: { $set: { words: wordsOf(title, description) } } }
    }))
    for await (const batch of inBatches(changes)) {
      await shows.bulkWrite(batch, { ordered: false })
      tried += batch.length
    }
  } while (tried > 0)
}
