import type { Db, Document } from 'mongodb'
import t from 'tap'
import { up } from '../../../../../plugins/app/operations/migrations/0002-show-words.ts'
import { onEachBackend } from '../../../../store/backends.ts'

interface Show {
  _id: string
  title: string
  description: string
  version: number
  words?: string[]
}

onEachBackend(t, async (t, db) => {
  const shows = db.collection<Show>('shows')

  t.test('old shows get their words; newer ones keep theirs', async t => {
    const newer = { _id: 'newer', title: 'Jazz', description: '', version: 1, words: ['blues'] }
    await shows.insertMany([
      ...Array.from({ length: 1203 }, (_, n) => ({
        _id: `s${n}`,
        title: `Café ${n}`,
        description: 'Late night',
        version: 1
      })),
      newer
    ])
    for (const run of ['first run', 'second run']) {
      await up(db)
      t.same((await shows.findOne({ _id: 's7' }))?.words, ['cafe', '7', 'late', 'night'], run)
      t.same(await shows.findOne({ _id: 'newer' }), newer, run)
      t.equal(await shows.countDocuments({ words: 'cafe' }), 1203, run)
    }
  })

  t.test('a show edited during the migration gets the words of its new title', async t => {
    await shows.deleteMany({})
    await shows.insertMany(
      Array.from({ length: 700 }, (_, n) => ({ _id: `s${n}`, title: 'old', description: '', version: 1 }))
    )
    // Edits a title between the read and the write, as a server of the version before would, which knows no words.
    const editedDb: Db = Object.create(db)
    let renames = 0
    editedDb.collection = <Schema extends Document>(name: string) => {
      const collection = db.collection<Schema>(name)
      const bulkWrite = collection.bulkWrite.bind(collection)
      collection.bulkWrite = async (...args) => {
        await shows.updateOne(
          { _id: `s${(renames++ % 2) * 600}`, title: 'old' },
          { $set: { title: 'new' }, $inc: { version: 1 } }
        )
        return await bulkWrite(...args)
      }
      return collection
    }
    await up(editedDb)
    t.ok(renames >= 2)
    t.same(await shows.distinct('words', { title: 'new' }), ['new'])
    t.same(await shows.distinct('words', { title: 'old' }), ['old'])
    t.equal(await shows.countDocuments({ title: 'new' }), 2)
  })
})
