import { serialize } from 'bson'
import { MongoClient, type Collection, type Db, type IndexDescriptionInfo } from 'mongodb'
import t from 'tap'
import { copyDatabase } from '../../../scripts/database/copy.ts'
import { readCollectionNames } from '../../../scripts/database/inventory.ts'
import type { OpenDatabase } from '../../../scripts/database/location.ts'
import { noReport } from '../backup/test-data.ts'
import { startScratchStore } from '../../store/backends.ts'
import { damage, startDamagingStore } from '../../store/damaging-store.ts'

interface TestDocument {
  _id: string
  a: string
}

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
t.teardown(async () => {
  await client.close()
  await store.close()
})

const options = { overwrite: true, report: noReport }
const database = (name: string): OpenDatabase => ({ label: name, db: client.db(name), close: async () => {} })

async function createDatabases(): Promise<{ from: OpenDatabase; to: OpenDatabase }> {
  const [from, to] = [database('from'), database('to')]
  for (const { db } of [from, to]) await db.dropDatabase()
  await from.db.collection<TestDocument>('things').createIndex({ a: 1 }, { unique: true })
  await from.db.collection<TestDocument>('things').insertMany([
    { _id: '1', a: 'x' },
    { _id: '2', a: 'y' }
  ])
  await to.db.collection<TestDocument>('kept').insertOne({ _id: 'old', a: 'z' })
  return { from, to }
}

/** Replaces methods of the collections of a database. */
function withChangedCollections(
  { label, db, close }: OpenDatabase,
  change: (collection: Collection) => Partial<Collection>
): OpenDatabase {
  const collection = (name: string) => {
    const original = db.collection(name)
    return Object.assign(db.collection(name), change(original))
  }
  return { label, db: Object.assign(Object.create(db) as Db, { collection }), close }
}

t.test('an index that the target rejects is found before any data is deleted', async t => {
  const { from, to } = await createDatabases()
  const unknownIndex = { key: { a: 'of-no-kind' }, name: 'strange', v: 2 } as unknown as IndexDescriptionInfo
  const strange = withChangedCollections(from, original => ({
    indexes: (async () => [...(await original.indexes()), unknownIndex]) as Collection['indexes']
  }))
  await t.rejects(copyDatabase(strange, to, options), {
    name: 'CopyError',
    message: /^to rejects the index strange of "things": .*\nNothing was changed\.$/
  })
  t.same(await readCollectionNames(to.db), ['kept'])
  t.same(await to.db.collection('kept').find().toArray(), [{ _id: 'old', a: 'z' }])
})

t.test('documents that never existed together are an error that names the cause', async t => {
  const { from, to } = await createDatabases()
  const moving = withChangedCollections(from, original => ({
    find: ((filter: object, how: object) => {
      const cursor = original.find(filter, how)
      const iterate = cursor[Symbol.asyncIterator].bind(cursor)
      return Object.assign(cursor, {
        async *[Symbol.asyncIterator]() {
          yield* { [Symbol.asyncIterator]: iterate }
          // A copy reads the bytes of documents.
          yield serialize({ _id: '3', a: 'x' })
        }
      })
    }) as Collection['find']
  }))
  await t.rejects(copyDatabase(moving, to, options), {
    name: 'CopyError',
    message: /^Two documents of "things" violate an index .*\nA server still writes .* copy again with --overwrite/
  })
  await copyDatabase(from, to, options)
  t.same(await readCollectionNames(to.db), ['things'], 'the same copy succeeds without writes')
})

t.test('a document that cannot be decoded is named before any change', async t => {
  const { to } = await createDatabases()
  const damaging = await startDamagingStore(t)
  await damaging.db.collection<TestDocument>('things').insertMany([
    { _id: '1', a: 'x' },
    { _id: '2', a: damage }
  ])
  const client = await MongoClient.connect(damaging.url)
  t.teardown(async () => await client.close())
  const from = { label: 'from', db: client.db(), close: async () => {} }
  await t.rejects(copyDatabase(from, to, options), {
    name: 'CopyError',
    message: 'The document "2" of "things" cannot be decoded. Repair or delete it, then try again.'
  })
  t.same(await to.db.collection('kept').find().toArray(), [{ _id: 'old', a: 'z' }])
})
