import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Binary, MongoClient } from 'mongodb'
import t from 'tap'
import { openDatabase, storeFileName } from '../store/database.ts'
import { startEmbeddedStore } from '../start.ts'
import { codeOf, scratchFolder, type Thing } from './backends.ts'

t.test('after a restart, all documents and indexes are there', async t => {
  const dataDir = await scratchFolder(t)
  const first = await startEmbeddedStore({ dataDir })
  const before = await MongoClient.connect(first.url)
  const users = before.db().collection<Thing>('users')
  await users.createIndex({ email: 1 }, { unique: true, sparse: true })
  await users.createIndex({ tags: 1 })
  await users.insertMany([
    { _id: 'a', email: 'a@x', bytes: new Binary(Buffer.from([1, 2])) },
    { _id: 'b', tags: ['p', 'q'] }
  ])
  await before.db('other').collection('things').insertOne({ n: 1 })
  const all = await users.find().toArray()
  await before.close()
  await first.close()
  await first.close()

  const second = await startEmbeddedStore({ dataDir })
  const after = await MongoClient.connect(second.url)
  t.teardown(async () => {
    await after.close()
    await second.close()
  })
  const again = after.db().collection<Thing>('users')
  t.same(await again.find().toArray(), all)
  t.equal(await codeOf(again.insertOne({ _id: 'c', email: 'a@x' })), 11000)
  // The index is still multikey: different elements of the array may satisfy the two conditions.
  t.equal((await again.findOne({ tags: { $gt: 'p', $lt: 'q' } }))?._id, 'b')
  t.equal(await after.db('other').collection('things').countDocuments(), 1)
})

t.test('deleted and overwritten data cannot be read in the file', async t => {
  const dataDir = await scratchFolder(t)
  const store = await startEmbeddedStore({ dataDir })
  const client = await MongoClient.connect(store.url)
  const things = client.db().collection<Thing>('things')
  await things.createIndex({ word: 1 })
  const secret = 'secret-content'
  await things.insertMany(
    Array.from({ length: 50 }, (_, n) => ({
      _id: `${n}`,
      word: `${secret}-${n}`,
      text: secret.repeat(1 + 40 * (n % 10))
    }))
  )
  await things.updateMany({ _id: { $in: ['0', '1', '2'] } }, { $set: { word: 'x', text: 'x' } })
  await things.deleteMany({ word: { $ne: 'x' } })
  await client.close()
  await store.close()
  t.same(await readdir(dataDir), [storeFileName])
  const file = await readFile(join(dataDir, storeFileName), 'latin1')
  t.ok(file.includes('things'))
  t.notOk(file.includes(secret.slice(0, 10)))
})

t.test('other users cannot open the socket, and it is removed on close', async t => {
  const store = await startEmbeddedStore({ dataDir: await scratchFolder(t) })
  const socketPath = decodeURIComponent(new URL(store.url).host)
  const folder = join(socketPath, '..')
  t.equal((await stat(folder)).mode & 0o777, 0o700)
  await store.close()
  await t.rejects(stat(folder), { code: 'ENOENT' })
})

t.test('every commit is written through to the disk', async t => {
  const db = openDatabase(await scratchFolder(t))
  t.teardown(() => db.close())
  t.equal(db.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal')
  t.equal(db.prepare('PRAGMA synchronous').get()?.synchronous, 2)
})

t.test('a killed server has stored all acknowledged writes', async t => {
  const dataDir = await scratchFolder(t)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'inserting-process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === 1500) child.kill('SIGKILL')
  }
  t.same(await ended, [null, 'SIGKILL'])

  const store = await startEmbeddedStore({ dataDir })
  const client = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  const things = client.db().collection<{ _id: string; payload: string }>('things')
  const stored = new Map((await things.find().toArray()).map(thing => [thing._id, thing]))
  t.same(
    acknowledged.filter(id => !stored.has(id)),
    []
  )
  // Each document has its entry in the index.
  let withoutEntry = 0
  for (const { _id, payload } of stored.values()) if ((await things.findOne({ payload }))?._id !== _id) withoutEntry++
  t.equal(withoutEntry, 0)
})
