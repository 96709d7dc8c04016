import { ObjectId, type Collection, type Db } from 'mongodb'
import { buffer, text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { openGridFsStorage } from '../../../../plugins/external/storage/gridfs-storage.ts'
import { onEachBackend } from '../../../store/backends.ts'
import { storageSuite } from '../storage-suite.ts'

const neverAborted = new AbortController().signal

/** Returns the database with other methods for one of its collections. */
function withMethods(db: Db, name: string, methods: (real: Collection) => object): Db {
  const patched: Db = Object.create(db)
  patched.collection = ((requested: string) => {
    const real = db.collection(requested)
    return requested === name ? Object.assign(Object.create(real), methods(real)) : real
  }) as Db['collection']
  return patched
}

onEachBackend(t, async (t, shared, _exactly, url) => {
  let databases = 0

  /** Creates a database for one test. */
  function createDatabase(t: Test) {
    const db = shared.client.db(`${shared.databaseName}_${databases++}`)
    t.teardown(async () => {
      await db.dropDatabase()
    })
    return db
  }

  storageSuite(t, {
    listedCount: 120,
    interruptionsAtNight: true,
    async prepare(t) {
      const db = createDatabase(t)
      return {
        place: { home: 'gridfs', url, database: db.databaseName },
        async corrupt(filename) {
          const file = await db.collection('storage.files').findOne({ filename }, { sort: { 'metadata.seq': -1 } })
          const chunk = await db
            .collection('storage.chunks')
            .findOne({ files_id: file?._id, n: 0 }, { promoteBuffers: true })
          const data = Buffer.from(chunk?.data as Uint8Array)
          data[0]! ^= 1
          await db.collection('storage.chunks').updateOne({ files_id: file?._id, n: 0 }, { $set: { data } })
        },
        async findLeftovers() {
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

  t.test('the next server finishes a deletion that a crash interrupted', async t => {
    const db = createDatabase(t)
    const storage = await openGridFsStorage(db)
    const [files, chunks, acts] = ['files', 'chunks', 'acts'].map(name => db.collection(`storage.${name}`))
    for (const key of ['recorded', 'hidden', 'kept']) await storage.put(key, [Buffer.alloc(600_000)])
    const idOf = async (filename: string) => (await files!.findOne({ filename }))!._id
    for (const key of ['recorded', 'hidden']) {
      await acts!.insertOne({ _id: await idOf(key), act: 'delete', since: new Date() })
    }
    await files!.deleteOne({ filename: 'hidden' })
    await (await openGridFsStorage(db)).removeLeftovers(neverAborted)
    t.equal(await storage.get('recorded'), null)
    t.equal((await buffer((await storage.get('kept'))!.stream)).length, 600_000)
    t.same([await files!.countDocuments(), await chunks!.countDocuments(), await acts!.countDocuments()], [1, 3, 0])
  })

  t.test('the next server finishes a deletion that failed half-way', async t => {
    const db = createDatabase(t)
    const storage = await openGridFsStorage(
      withMethods(db, 'storage.chunks', () => ({
        deleteMany: async () => {
          throw new Error('the server died')
        }
      }))
    )
    await storage.put('key', [Buffer.alloc(600_000)])
    await t.rejects(storage.delete('key'), { message: 'the server died' })
    t.equal(await storage.get('key'), null)
    await (await openGridFsStorage(db)).removeLeftovers(neverAborted)
    t.same(
      [await db.collection('storage.chunks').countDocuments(), await db.collection('storage.acts').countDocuments()],
      [0, 0]
    )
  })

  t.test('an object that is replaced between lookup and read is looked up again', async t => {
    const db = createDatabase(t)
    const other = await openGridFsStorage(db)
    await other.put('key', [Buffer.from('old')])
    let afterLookup: (() => Promise<unknown>) | null = null
    const storage = await openGridFsStorage(
      withMethods(db, 'storage.files', real => ({
        async findOne(...args: Parameters<Collection['findOne']>) {
          const found = await real.findOne(...args)
          const change = afterLookup
          afterLookup = null
          await change?.()
          return found
        }
      }))
    )
    afterLookup = async () => await other.put('key', [Buffer.from('new')])
    t.equal(await text((await storage.get('key'))!.stream), 'new')
    afterLookup = async () => await other.delete('key')
    t.equal(await storage.get('key'), null)
  })

  t.test('a complete put whose record remains is kept, and the version it replaced is removed', async t => {
    const db = createDatabase(t)
    const storage = await openGridFsStorage(db, { olderThanMs: -60_000 })
    await storage.put('key', [Buffer.from('new')])
    const files = db.collection('storage.files')
    const { _id, ...file } = (await files.findOne({ filename: 'key' }))!
    await files.insertOne({ ...file, _id: new ObjectId(), metadata: { seq: 0, sha256: '' } })
    await db.collection('storage.acts').insertOne({ _id, act: 'put', since: new Date() })
    for (const when of ['before', 'after']) {
      t.equal(await text((await storage.get('key'))!.stream), 'new', `${when} the cleanup`)
      const listed = []
      for await (const { key } of storage.list('')) listed.push(key)
      t.same(listed, ['key'])
      await storage.removeLeftovers(neverAborted)
    }
    t.same([await files.countDocuments(), await db.collection('storage.acts').countDocuments()], [1, 0])
  })

  t.test('changed or missing bytes are an error for the reader', async t => {
    const db = createDatabase(t)
    const storage = await openGridFsStorage(db)
    const chunks = db.collection('storage.chunks')
    await storage.put('key', [Buffer.alloc(600_000)])
    await chunks.updateOne({ n: 1 }, { $set: { data: Buffer.alloc(255 * 1024, 1) } })
    await t.rejects(buffer((await storage.get('key'))!.stream), /do not match their checksum/)
    await chunks.deleteOne({ n: 1 })
    await t.rejects(buffer((await storage.get('key'))!.stream), /chunk 1 of \w+ is missing/)
  })
})
