import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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
import { startEmbeddedStore } from '../../plugins/embedded/index.ts'

interface Thing extends Document {
  _id: unknown
}

const exactly = { promoteValues: false, promoteBuffers: false, bsonRegExp: true }

async function scratchFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'copy-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Opens an embedded store for as long as it takes. */
async function inStore<Result>(dataDir: string, act: (db: Db) => Promise<Result>): Promise<Result> {
  const store = await startEmbeddedStore({ dataDir })
  const client = await MongoClient.connect(store.url)
  try {
    return await act(client.db())
  } finally {
    await client.close()
    await store.close()
  }
}

async function copy(...args: string[]): Promise<{ code: unknown; said: string; complained: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../scripts/copy-database.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, said, complained }
}

/** Everything in a database, as its types are there. */
async function everything(db: Db): Promise<Document> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort()
  return Object.fromEntries(
    await Promise.all(
      names.map(async name => [
        name,
        {
          documents: (await db.collection(name).find({}, exactly).toArray())
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
  const things = db.collection<Thing>('things')
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
    .collection<Thing>('large')
    .insertMany(['a', 'b', 'c'].map(_id => ({ _id, text: _id.repeat(7 * 1024 * 1024) })))
  await db.createCollection('nothing-in-it')
  const upload = new GridFSBucket(db).openUploadStream('song.opus')
  upload.end(randomBytes(700_000))
  await once(upload, 'finish')
}

/** Where a copy may go and come back from: a server of MONGODB_TEST_URL where there is one, else another folder. */
async function elsewhere(t: Test): Promise<string> {
  const given = process.env.MONGODB_TEST_URL
  if (!given) return `embedded:${await scratchFolder(t)}`
  const url = new URL(given)
  url.pathname = `/copy_${randomBytes(6).toString('hex')}`
  t.teardown(async () => {
    const client = await MongoClient.connect(url.href)
    await client.db(url.pathname.slice(1)).dropDatabase()
    await client.close()
  })
  return url.href
}

t.test('all of it goes over and comes back as it was', async t => {
  const [first, last] = [await scratchFolder(t), await scratchFolder(t)]
  const there = await elsewhere(t)
  const before = await inStore(first, async db => {
    await fill(db)
    return await everything(db)
  })
  const [over, back] = [await copy(`embedded:${first}`, there), await copy(there, `embedded:${last}`)]
  t.match(over, {
    code: 0,
    complained: '',
    said: /things: 2503 documents\n[^]* 100 %\n[^]*2510 documents of embedded:.* are in /
  })
  t.match(back, { code: 0, complained: '' })
  const after = await inStore(last, everything)
  t.same(Object.keys(after), ['fs.chunks', 'fs.files', 'large', 'nothing-in-it', 'things'])
  // One collection after the other: a difference is then told without the others.
  for (const name of Object.keys(before)) {
    t.ok(JSON.stringify(after[name]) === JSON.stringify(before[name]), `${name} is as it was`)
  }
  t.same(await inStore(first, everything).then(Object.keys), Object.keys(before), 'the source is left alone')
})

t.test('what is in the target stays unless it is to be overwritten', async t => {
  const [from, to] = [await scratchFolder(t), await scratchFolder(t)]
  await inStore(from, async db => {
    await db.collection<Thing>('users').insertOne({ _id: 'new' })
  })
  await inStore(to, async db => {
    await db.collection<Thing>('users').insertOne({ _id: 'old' })
    await db.collection<Thing>('others').insertOne({ _id: 'old' })
  })
  t.match(await copy(`embedded:${from}`, `embedded:${to}`), { code: 1, complained: /is not empty.*--overwrite/ })
  t.same(await inStore(to, async db => await db.collection('users').find().toArray()), [{ _id: 'old' }])
  t.match(await copy('--overwrite', `embedded:${from}`, `embedded:${to}`), { code: 0 })
  t.match(await inStore(to, everything), { users: { documents: ['{"_id":"new"}'] }, others: undefined })
})

t.test('nothing is never copied over something', async t => {
  const [empty, full] = [await scratchFolder(t), await scratchFolder(t)]
  await inStore(empty, async db => {
    await db.createCollection('users')
  })
  await inStore(full, async db => {
    await db.collection<Thing>('users').insertOne({ _id: 'kept' })
  })
  t.match(await copy(`embedded:${empty}`, `embedded:${full}`, '--overwrite'), {
    code: 1,
    complained: /There is nothing in embedded:/
  })
  t.match(await copy(`embedded:${join(empty, 'none')}`, `embedded:${full}`, '--overwrite'), {
    code: 1,
    complained: /There is no store\.sqlite in/
  })
  t.match(await copy(`embedded:${full}`, `embedded:${full}/../${full.split('/').at(-1)}`, '--overwrite'), {
    code: 1,
    complained: /same place/
  })
  t.equal(await inStore(full, async db => await db.collection('users').countDocuments()), 1)
})

t.test('a folder that a server uses, and a server that is not there, are told of', async t => {
  const [from, to] = [await scratchFolder(t), await scratchFolder(t)]
  await inStore(from, async db => {
    await db.collection<Thing>('users').insertOne({ _id: 'a' })
    t.match(await copy(`embedded:${from}`, `embedded:${to}`), { code: 1, complained: /in use by another server/ })
  })
  const away = await copy(`embedded:${from}`, 'mongodb://ann:secret@127.0.0.1:1/ambient')
  t.match(away, { code: 1, complained: /mongodb:\/\/127\.0\.0\.1:1\/ambient can't be reached/ })
  t.notMatch(away.complained + away.said, /secret/)
})

t.test('arguments that make no sense are answered with how it is done', async t => {
  for (const args of [['embedded:./data'], ['embedded:./data', 'embedded:./other', '--force']]) {
    t.match(await copy(...args), { code: 2, complained: /npm run db:copy -- FROM TO/ }, args.join(' '))
  }
  t.match(await copy('embedded:./data', 'postgres://ann:secret@host/db'), {
    code: 1,
    complained: /"postgres:\/\/…@host\/db" is no place/
  })
})
