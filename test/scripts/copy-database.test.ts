import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Binary,
  Decimal128,
  Double,
  GridFSBucket,
  Int32,
  Long,
  MongoClient,
  ObjectId,
  Timestamp,
  type Db,
  type Document
} from 'mongodb'
import t, { type Test } from 'tap'
import { testAtNight } from '../depth.ts'
import { startEmbeddedStore } from '../../plugins/embedded/index.ts'
import { copyCommand } from '../../scripts/copy-database.ts'
import { runInProcess, runScript } from './run-command.ts'

interface TestDocument extends Document {
  _id: unknown
}

const exactTypes = { promoteValues: false, promoteBuffers: false, bsonRegExp: true }

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'copy-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Opens an embedded store while `use` runs. */
async function withStore<Result>(dataDir: string, use: (db: Db) => Promise<Result>): Promise<Result> {
  const store = await startEmbeddedStore({ dataDir })
  const client = await MongoClient.connect(store.url)
  try {
    return await use(client.db())
  } finally {
    await client.close()
    await store.close()
  }
}

const copy = async (...args: string[]) => await runInProcess(copyCommand, args)

/** Reads all documents with their types, and all indexes. */
async function readAll(db: Db): Promise<Document> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort()
  return Object.fromEntries(
    await Promise.all(
      names.map(async name => [
        name,
        {
          documents: (await db.collection(name).find({}, exactTypes).toArray())
            .map(document => JSON.stringify(document))
            .sort(),
          indexes: (await db.collection(name).indexes())
            .map(({ key, name, unique = false, sparse = false }) => JSON.stringify({ key, name, unique, sparse }))
            .sort()
        }
      ])
    )
  )
}

async function fill(db: Db): Promise<void> {
  const things = db.collection<TestDocument>('things')
  await things.createIndex({ email: 1 }, { unique: true, sparse: true })
  await things.createIndex({ a: 1, 'b.c': -1 })
  await things.insertMany(Array.from({ length: 2500 }, (_, n) => ({ _id: `t${n}`, n, email: `${n}@x` })))
  await things.insertMany([
    {
      _id: new ObjectId(),
      int: new Int32(1),
      double: new Double(1),
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString('1.50'),
      text: 'ünï🎙'
    },
    {
      _id: 7,
      at: new Date(1_234_567_890_123),
      none: null,
      flag: false,
      list: [1, [2, {}]],
      bytes: new Binary(Buffer.from([0, 255])),
      stamp: new Timestamp({ t: 7, i: 9 })
    },
    { _id: { compound: 1, id: 'x' }, v: { $gt: 'data' } }
  ])
  await db
    .collection<TestDocument>('large')
    .insertMany(['a', 'b', 'c'].map(_id => ({ _id, text: _id.repeat(7 * 1024 * 1024) })))
  await db.createCollection('empty')
  const upload = new GridFSBucket(db).openUploadStream('song.opus')
  upload.end(randomBytes(700_000))
  await once(upload, 'finish')
}

/** Returns the location of another database: on MONGODB_TEST_URL when it is set, else in another folder. */
async function otherLocation(t: Test): Promise<string> {
  const testUrl = process.env.MONGODB_TEST_URL
  if (!testUrl) return `embedded:${await temporaryFolder(t)}`
  const url = new URL(testUrl)
  url.pathname = `/copy_${randomBytes(6).toString('hex')}`
  t.teardown(async () => {
    const client = await MongoClient.connect(url.href)
    await client.db(url.pathname.slice(1)).dropDatabase()
    await client.close()
  })
  return url.href
}

t.test('a database is unchanged after a copy to another database and back', async t => {
  const [first, last] = [await temporaryFolder(t), await temporaryFolder(t)]
  const other = await otherLocation(t)
  const before = await withStore(first, async db => {
    await fill(db)
    return await readAll(db)
  })
  t.match(await runScript('copy-database.ts', [`embedded:${first}`, other]), {
    code: 0,
    errors: '',
    output: /things: 2503 documents\n[^]* 100 %\n[^]*copied 2510 documents from embedded:.* to /
  })
  t.match(await copy(other, `embedded:${last}`), { code: 0, errors: '' })
  const after = await withStore(last, readAll)
  t.same(Object.keys(after), ['empty', 'fs.chunks', 'fs.files', 'large', 'things'])
  // Compares one collection at a time, so that a failure shows one collection.
  for (const name of Object.keys(before)) {
    t.ok(JSON.stringify(after[name]) === JSON.stringify(before[name]), `${name} is unchanged`)
  }
  t.same(await withStore(first, readAll).then(Object.keys), Object.keys(before), 'the source is unchanged')
})

t.test('data in the target is replaced only with --overwrite', async t => {
  const [from, to] = [await temporaryFolder(t), await temporaryFolder(t)]
  await withStore(from, async db => {
    await db.collection<TestDocument>('users').insertOne({ _id: 'new' })
  })
  await withStore(to, async db => {
    await db.collection<TestDocument>('users').insertOne({ _id: 'old' })
    await db.collection<TestDocument>('others').insertOne({ _id: 'old' })
  })
  t.match(await copy(`embedded:${from}`, `embedded:${to}`), { code: 1, errors: /is not empty.*--overwrite/ })
  t.same(await withStore(to, async db => await db.collection('users').find().toArray()), [{ _id: 'old' }])
  t.match(await copy('--overwrite', `embedded:${from}`, `embedded:${to}`), { code: 0 })
  t.match(await withStore(to, readAll), { users: { documents: ['{"_id":"new"}'] }, others: undefined })
})

t.test('an empty or missing source never replaces data', async t => {
  const [empty, full] = [await temporaryFolder(t), await temporaryFolder(t)]
  await withStore(empty, async db => {
    await db.createCollection('users')
  })
  await withStore(full, async db => {
    await db.collection<TestDocument>('users').insertOne({ _id: 'kept' })
  })
  t.match(await copy(`embedded:${empty}`, `embedded:${full}`, '--overwrite'), {
    code: 1,
    errors: /There is no data in embedded:/
  })
  t.match(await copy(`embedded:${join(empty, 'none')}`, `embedded:${full}`, '--overwrite'), {
    code: 1,
    errors: /There is no store\.sqlite in/
  })
  t.match(await copy(`embedded:${full}`, `embedded:${full}/../${full.split('/').at(-1)}`, '--overwrite'), {
    code: 1,
    errors: /are the same database/
  })
  t.equal(await withStore(full, async db => await db.collection('users').countDocuments()), 1)
})

testAtNight(t, 'a folder in use and an unreachable server are errors', async t => {
  const [from, to] = [await temporaryFolder(t), await temporaryFolder(t)]
  await withStore(from, async db => {
    await db.collection<TestDocument>('users').insertOne({ _id: 'a' })
    t.match(await runScript('copy-database.ts', [`embedded:${from}`, `embedded:${to}`]), {
      code: 1,
      errors: /in use by another server/
    })
  })
  const unreachable = await copy(`embedded:${from}`, 'mongodb://ann:secret@127.0.0.1:1/ambient')
  t.match(unreachable, { code: 1, errors: /Cannot connect to mongodb:\/\/127\.0\.0\.1:1\/ambient/ })
  t.notMatch(unreachable.errors + unreachable.output, /secret/)
})

t.test('invalid arguments print the usage', async t => {
  for (const args of [['embedded:./data'], ['embedded:./data', 'embedded:./other', '--force']]) {
    t.match(await copy(...args), { code: 2, errors: /npm run db:copy -- FROM TO/ }, args.join(' '))
  }
  t.match(await copy('embedded:./data', 'postgres://ann:secret@host/db'), {
    code: 1,
    errors: /"postgres:\/\/…@host\/db" is not a database/
  })
})
