import { Double, Int32, MongoClient, type Db } from 'mongodb'
import t from 'tap'
import { verifyCopy } from '../../../scripts/database/copy.ts'
import type { OpenDatabase } from '../../../scripts/database/location.ts'
import { startScratchStore } from '../../store/backends.ts'

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
t.teardown(async () => {
  await client.close()
  await store.close()
})

const database = (name: string): OpenDatabase => ({ label: name, db: client.db(name), close: async () => {} })
const things = (db: Db) => db.collection<{ _id: string; n: unknown }>('things')

async function fill(db: Db, ids: readonly string[]): Promise<void> {
  await db.dropDatabase()
  await things(db).createIndex({ n: 1 }, { sparse: true })
  for (const _id of ids) await things(db).insertOne({ _id, n: new Int32(1) })
}

/** Damage to a copy and the error for it. */
const damages: Array<[string, (db: Db) => Promise<unknown>, RegExp]> = [
  ['a document is missing', db => things(db).deleteOne({ _id: 'b' }), /"things" differs in its count: 3 and 2/],
  [
    'a document differs',
    db => things(db).updateOne({ _id: 'b' }, { $set: { n: 2 } }),
    /"things" differs in its checksum/
  ],
  [
    'a value has another type',
    db => things(db).updateOne({ _id: 'b' }, { $set: { n: new Double(1) } }),
    /"things" differs in its checksum/
  ],
  ['an index is missing', db => things(db).dropIndexes(), /"things" differs in its indexes/],
  ['a collection is missing', db => things(db).drop(), /The collections differ/],
  ['there is an additional collection', db => db.createCollection('more'), /The collections differ/]
]

t.test('the order of the documents does not matter', async t => {
  const [from, to] = [database('from'), database('to')]
  await fill(from.db, ['a', 'b', 'c'])
  await fill(to.db, ['c', 'a', 'b'])
  t.equal(await verifyCopy(from, to), 3)
})

for (const [name, damage, message] of damages) {
  t.test(name, async t => {
    const [from, to] = [database('from'), database('to')]
    await fill(from.db, ['a', 'b', 'c'])
    await fill(to.db, ['a', 'b', 'c'])
    await damage(to.db)
    await t.rejects(verifyCopy(from, to), { name: 'CopyError', message })
  })
}
