import { MongoClient, MongoServerError, type Db } from 'mongodb'
import t from 'tap'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend, startScratchStore } from '../../../store/backends.ts'
import { damage, startDamagingStore } from '../../../store/damaging-store.ts'
import {
  all,
  entry,
  entryKind,
  noteKind,
  recordSuite,
  sheetKind,
  type Entries,
  type Entry,
  type Sheet,
  type Sheets
} from './record-suite.ts'

onEachBackend(t, async (t, db) => {
  const store = createMongoRecords(db, 'test')
  await t.test('a store of records', async t => await recordSuite(t, store))

  await t.test('indexes of earlier builds with the same fields stay', async t => {
    const kind = { ...noteKind, name: 'olderNotes' }
    await db.collection(kind.name).createIndex({ room: 1, at: -1, _id: -1 })
    await db.collection(kind.name).createIndex({ room: 1, author: 1, clientId: 1 }, { unique: true })
    await store.open(kind)
    const names = (await db.collection(kind.name).indexes()).map(({ name }) => name)
    t.same(names.sort(), ['_id_', 'author_1_at_1__id_1', 'room_1_at_-1__id_-1', 'room_1_author_1_clientId_1'])
  })

  await t.test('a key that is the beginning of another one has no index, and an expiry has one', async t => {
    const entryIndexes = await db.collection(entryKind.name).indexes()
    t.notOk(entryIndexes.some(({ key }) => Object.keys(key).join() === 'event.userId'))
    t.match(
      entryIndexes.find(({ name }) => name === 'room_1_seq_1'),
      { unique: true }
    )
    t.match(
      (await db.collection(sheetKind.name).indexes()).find(({ name }) => name === 'expiresAt_1'),
      { expireAfterSeconds: 0 }
    )
  })
})

t.test('a record is put again after a server refused one of two concurrent upserts', async t => {
  const store = await startScratchStore(t)
  const client = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  const db = client.db()
  let refusals = 0
  const refusingDb = standIn<Db>({
    collection: (name: string, options: object) => {
      const collection = db.collection<Sheet>(name, options)
      const replaceOne = collection.replaceOne.bind(collection)
      collection.replaceOne = async (...args) => {
        if (refusals-- > 0) throw new MongoServerError({ message: 'duplicate key', code: 11000 })
        return await replaceOne(...args)
      }
      return collection
    }
  })
  const sheets: Sheets = await createMongoRecords(refusingDb, 'test').open(sheetKind)
  refusals = 1
  await sheets.put({ _id: 'a', names: [], token: 1 }, { unlessGreater: 'token' })
  refusals = 2
  await sheets.put({ _id: 'a', names: [], token: 2 }, { unlessGreater: 'token' })
  t.match(await sheets.find('place', ['a']), { token: 2 })
})

t.test('documents of earlier builds are records; those with invalid bytes are named, and can be changed', async t => {
  const { url } = await startDamagingStore(t)
  const client = await MongoClient.connect(url)
  t.teardown(async () => await client.close())
  const documents = client.db().collection<Entry>(entryKind.name)
  const event = { type: 'said', userId: 'ana', words: 'words' }
  await documents.insertMany([1, 2, 3].map(seq => entry('old', seq, event)))
  await documents.insertOne(entry('old', 4, { ...event, words: damage }))
  const store = createMongoRecords(client.db(), 'test')
  const entries: Entries = await store.open(entryKind)
  const decoded = await all(entries.listDecoded('ofPerson', ['ana']))
  t.same(
    decoded.flatMap(each => ('record' in each ? [] : [each.id])),
    ['old:4']
  )
  t.equal(decoded.length, 4)
  await t.rejects(all(entries.list('ofPerson', ['ana'])), 'other readers fail')
  const forget = (record: Entry) => ({ ...record, event: { ...record.event, words: '' } })
  t.equal(await entries.changeEach('ofPerson', ['ana'], forget), 4)
  t.same(
    (await all(entries.list('place', ['old']))).map(({ event }) => event.words),
    ['', '', '', '']
  )
  const names = Object.keys((await documents.findOne({ _id: 'old:1' })) ?? {})
  t.same(names.sort(), ['_id', '_revision', 'event', 'room', 'seq'])
})
