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

  t.test('shows from before are found by their words; later ones keep theirs', async t => {
    const later = { _id: 'later', title: 'Jazz', description: '', version: 1, words: ['blues'] }
    await shows.insertMany([
      ...Array.from({ length: 1203 }, (_, n) => ({
        _id: `s${n}`,
        title: `Café ${n}`,
        description: 'Late night',
        version: 1
      })),
      later
    ])
    for (const when of ['once', 'again']) {
      await up(db)
      t.same((await shows.findOne({ _id: 's7' }))?.words, ['cafe', '7', 'late', 'night'], when)
      t.same(await shows.findOne({ _id: 'later' }), later, when)
      t.equal(await shows.countDocuments({ words: 'cafe' }), 1203, when)
    }
  })

  t.test('a show that is changed meanwhile gets the words of its new title', async t => {
    await shows.deleteMany({})
    await shows.insertMany(
      Array.from({ length: 700 }, (_, n) => ({ _id: `s${n}`, title: 'old', description: '', version: 1 }))
    )
    // As a server of the version before does, which knows nothing of words, between the reading and the writing.
    const meddled: Db = Object.create(db)
    let renames = 0
    meddled.collection = <Schema extends Document>(name: string) => {
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
    await up(meddled)
    t.ok(renames >= 2)
    t.same(await shows.distinct('words', { title: 'new' }), ['new'])
    t.same(await shows.distinct('words', { title: 'old' }), ['old'])
    t.equal(await shows.countDocuments({ title: 'new' }), 2)
  })
})
