import { ObjectId, type Collection, type Db } from 'mongodb'
import { buffer, text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { openGridFsStorage } from '../../../../plugins/external/storage/gridfs-storage.ts'
import { onEachBackend } from '../../../store/backends.ts'
import { storageSuite } from '../storage-suite.ts'

const never = new AbortController().signal

/** The same database, in which one collection has other methods. */
function withMethods(db: Db, name: string, methods: (real: Collection) => object): Db {
  const other: Db = Object.create(db)
  other.collection = ((asked: string) => {
    const real = db.collection(asked)
    return asked === name ? Object.assign(Object.create(real), methods(real)) : real
  }) as Db['collection']
  return other
}

onEachBackend(t, async (t, shared, _exactly, url) => {
  let databases = 0

  /** A database of its own for each test. */
  function own(t: Test) {
    const db = shared.client.db(`${shared.databaseName}_${databases++}`)
    t.teardown(async () => {
      await db.dropDatabase()
    })
    return db
  }

  storageSuite(t, {
    listed: 120,
    async prepare(t) {
      const db = own(t)
      return {
        place: { home: 'gridfs', url, database: db.databaseName },
        async spoil(filename) {
          const file = await db.collection('storage.files').findOne({ filename }, { sort: { 'metadata.seq': -1 } })
          const chunk = await db
            .collection('storage.chunks')
            .findOne({ files_id: file?._id, n: 0 }, { promoteBuffers: true })
          const data = Buffer.from(chunk?.data as Uint8Array)
          data[0]! ^= 1
          await db.collection('storage.chunks').updateOne({ files_id: file?._id, n: 0 }, { $set: { data } })
        },
        async remains() {
          const acts = await db.collection('storage.acts').find().toArray()
          const newest = new Map(
            (await db.collection('storage.files').find().sort({ 'metadata.seq': 1 }).toArray()).map(
              ({ filename, _id }) => [filename, String(_id)]
            )
          )
          const visible = new Set(newest.values())
          const ids: unknown[] = await db.collection('storage.chunks').distinct('files_id')
          return [
            ...acts.map(({ _id }) => `act ${_id}`),
            ...ids.filter(id => !visible.has(String(id))).map(id => `chunks ${id}`)
          ]
        }
      }
    }
  })

  t.test('a deletion that a crash broke off is finished by the next server', async t => {
    const db = own(t)
    const storage = await openGridFsStorage(db)
    const [files, chunks, acts] = ['files', 'chunks', 'acts'].map(name => db.collection(`storage.${name}`))
    for (const key of ['noted', 'unseen', 'kept']) await storage.put(key, [Buffer.alloc(600_000)])
    const idOf = async (filename: string) => (await files!.findOne({ filename }))!._id
    for (const key of ['noted', 'unseen']) {
      await acts!.insertOne({ _id: await idOf(key), act: 'delete', since: new Date() })
    }
    await files!.deleteOne({ filename: 'unseen' })
    await (await openGridFsStorage(db)).tidy(never)
    t.equal(await storage.get('noted'), null)
    t.equal((await buffer((await storage.get('kept'))!.stream)).length, 600_000)
    t.same([await files!.countDocuments(), await chunks!.countDocuments(), await acts!.countDocuments()], [1, 3, 0])
  })

  t.test('a deletion that fails half-way is finished by the next server', async t => {
    const db = own(t)
    const storage = await openGridFsStorage(
      withMethods(db, 'storage.chunks', () => ({
        deleteMany: async () => {
          throw new Error('the power went')
        }
      }))
    )
    await storage.put('key', [Buffer.alloc(600_000)])
    await t.rejects(storage.delete('key'), { message: 'the power went' })
    t.equal(await storage.get('key'), null)
    await (await openGridFsStorage(db)).tidy(never)
    t.same(
      [await db.collection('storage.chunks').countDocuments(), await db.collection('storage.acts').countDocuments()],
      [0, 0]
    )
  })

  t.test('what is replaced between looking it up and reading it is looked up again', async t => {
    const db = own(t)
    const other = await openGridFsStorage(db)
    await other.put('key', [Buffer.from('old')])
    let meanwhile: (() => Promise<unknown>) | null = null
    const storage = await openGridFsStorage(
      withMethods(db, 'storage.files', real => ({
        async findOne(...args: Parameters<Collection['findOne']>) {
          const found = await real.findOne(...args)
          const act = meanwhile
          meanwhile = null
          await act?.()
          return found
        }
      }))
    )
    meanwhile = async () => await other.put('key', [Buffer.from('new')])
    t.equal(await text((await storage.get('key'))!.stream), 'new')
    meanwhile = async () => await other.delete('key')
    t.equal(await storage.get('key'), null)
  })

  t.test('a put that was over but not forgotten stays, and what it replaced goes', async t => {
    const db = own(t)
    const storage = await openGridFsStorage(db, { olderThanMs: -60_000 })
    await storage.put('key', [Buffer.from('new')])
    const files = db.collection('storage.files')
    const { _id, ...file } = (await files.findOne({ filename: 'key' }))!
    await files.insertOne({ ...file, _id: new ObjectId(), metadata: { seq: 0, sha256: '' } })
    await db.collection('storage.acts').insertOne({ _id, act: 'put', since: new Date() })
    for (const when of ['before', 'after']) {
      t.equal(await text((await storage.get('key'))!.stream), 'new', `${when} it was tidied`)
      const listed = []
      for await (const { key } of storage.list('')) listed.push(key)
      t.same(listed, ['key'])
      await storage.tidy(never)
    }
    t.same([await files.countDocuments(), await db.collection('storage.acts').countDocuments()], [1, 0])
  })

  t.test('bytes that changed, or are missing, are an error for who reads them', async t => {
    const db = own(t)
    const storage = await openGridFsStorage(db)
    const chunks = db.collection('storage.chunks')
    await storage.put('key', [Buffer.alloc(600_000)])
    await chunks.updateOne({ n: 1 }, { $set: { data: Buffer.alloc(255 * 1024, 1) } })
    await t.rejects(buffer((await storage.get('key'))!.stream), /not those that were stored/)
    await chunks.deleteOne({ n: 1 })
    await t.rejects(buffer((await storage.get('key'))!.stream), /chunk 1 of \w+ is missing/)
  })
})
