import { MongoClient, type Collection, type Db, type IndexDescriptionInfo } from 'mongodb'
import t from 'tap'
import { copyDatabase } from '../../../scripts/database/copy.ts'
import { collectionNames } from '../../../scripts/database/inventory.ts'
import type { OpenPlace } from '../../../scripts/database/place.ts'
import { startScratchStore } from '../../store/backends.ts'

interface Thing {
  _id: string
  a: string
}

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
t.teardown(async () => {
  await client.close()
  await store.close()
})

const options = { overwrite: true, progress: { begin() {}, update() {}, end() {} } }
const place = (name: string): OpenPlace => ({ label: name, db: client.db(name), close: async () => {} })

async function filled(): Promise<{ from: OpenPlace; to: OpenPlace }> {
  const [from, to] = [place('from'), place('to')]
  for (const { db } of [from, to]) await db.dropDatabase()
  await from.db.collection<Thing>('things').createIndex({ a: 1 }, { unique: true })
  await from.db.collection<Thing>('things').insertMany([
    { _id: '1', a: 'x' },
    { _id: '2', a: 'y' }
  ])
  await to.db.collection<Thing>('kept').insertOne({ _id: 'old', a: 'z' })
  return { from, to }
}

/** A database some of whose collections' ways are others. */
function changed({ label, db, close }: OpenPlace, change: (collection: Collection) => Partial<Collection>): OpenPlace {
  const collection = (name: string) => {
    const original = db.collection(name)
    return Object.assign(db.collection(name), change(original))
  }
  return { label, db: Object.assign(Object.create(db) as Db, { collection }), close }
}

t.test('an index that the target refuses is told of before anything is deleted', async t => {
  const { from, to } = await filled()
  const asNoOther = { key: { a: 'of-no-kind' }, name: 'strange', v: 2 } as unknown as IndexDescriptionInfo
  const strange = changed(from, original => ({
    indexes: (async () => [...(await original.indexes()), asNoOther]) as Collection['indexes']
  }))
  await t.rejects(copyDatabase(strange, to, options), {
    name: 'CopyError',
    message: /^to refuses the index strange of "things": .*\nNothing was changed\.$/
  })
  t.same(await collectionNames(to.db), ['kept'])
  t.same(await to.db.collection('kept').find().toArray(), [{ _id: 'old', a: 'z' }])
})

t.test('documents that were never there together are told of as what they are', async t => {
  const { from, to } = await filled()
  const moving = changed(from, original => ({
    find: ((filter: object, how: object) => {
      const cursor = original.find(filter, how)
      const iterate = cursor[Symbol.asyncIterator].bind(cursor)
      return Object.assign(cursor, {
        async *[Symbol.asyncIterator]() {
          yield* { [Symbol.asyncIterator]: iterate }
          yield { _id: '3', a: 'x' }
        }
      })
    }) as Collection['find']
  }))
  await t.rejects(copyDatabase(moving, to, options), {
    name: 'CopyError',
    message:
      /^"things" was given two documents that can't be together .*\nA server still writes .* copy again with --overwrite/
  })
  await copyDatabase(from, to, options)
  t.same(await collectionNames(to.db), ['things'], 'and the same again makes it whole')
})
