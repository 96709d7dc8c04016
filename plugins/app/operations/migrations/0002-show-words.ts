import type { Db } from 'mongodb'
import { wordsOf } from '../../shows/words.ts'
import { inBatches } from './in-batches.ts'

interface ShowBefore {
  _id: string
  title: string
  description: string
  version: number
  words?: string[]
}

/** Shows from before they were searched by their words. */
export async function up(db: Db): Promise<void> {
  const shows = db.collection<ShowBefore>('shows')
  const before = { words: { $exists: false } }
  // Again, for what a server of the version before changes meanwhile: its words would be those of the old title.
  while (await shows.findOne(before)) {
    for await (const batch of inBatches(shows.find(before, { projection: { title: 1, description: 1, version: 1 } }))) {
      await shows.bulkWrite(
        batch.map(({ _id, title, description, version }) => ({
          updateOne: { filter: { _id, version, ...before }, update: { $set: { words: wordsOf(title, description) } } }
        })),
        { ordered: false }
      )
    }
  }
}
