import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Binary, Decimal128, Int32, Long, MongoClient, ObjectId, type Document, type FindOptions } from 'mongodb'
import t, { type Test } from 'tap'
import { readDirectly } from '../../../../plugins/external/mongodb/direct-reads.ts'
import { startEmbeddedStore } from '../../../../plugins/embedded/index.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { codeOf } from '../../../store/backends.ts'
import { signIn } from '../../../users.ts'

type Thing = Document & { _id: string }

/** Connects two clients to one store: one that reads directly, and one that does not. */
async function start(t: Test) {
  const dataDir = await mkdtemp(join(tmpdir(), 'store-test-'))
  const store = await startEmbeddedStore({ dataDir })
  const clients = [await MongoClient.connect(store.url), await MongoClient.connect(store.url)] as const
  t.teardown(async () => {
    for (const client of clients) await client.close()
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const [db, plainDb] = [clients[0].db('test'), clients[1].db('test')]
  const reads: string[] = []
  readDirectly(db, store).observe(collection => failure => reads.push(failure ?? collection))
  return { store, reads, things: db.collection<Thing>('things'), plain: plainDb.collection<Thing>('things') }
}

t.test('a direct read returns what the driver returns', async t => {
  const { things, plain, reads } = await start(t)
  const document = {
    _id: 'a',
    int: new Int32(1),
    double: 1.5,
    long: Long.fromString('9007199254740993'),
    small: Long.fromNumber(7),
    decimal: Decimal128.fromString('1.10'),
    text: 'é\0\u{1f600}',
    date: new Date(0),
    binary: new Binary(Buffer.of(1, 2), 4),
    bytes: Buffer.of(3),
    objectId: new ObjectId('0123456789abcdef01234567'),
    none: null,
    regex: /a/i,
    list: [1, [2], { three: 3 }],
    nested: { constructor: 1, deep: { er: true } },
    displayName: 'A name'
  }
  await plain.insertOne(document)
  const allOptions: (FindOptions | undefined)[] = [
    undefined,
    { projection: { _id: 1 } },
    { projection: { displayName: 1, nested: 1 } },
    { projection: { list: 1, _id: 1, missing: 1 } },
    { projection: { constructor: 1 } }
  ]
  for (const options of allOptions) {
    for (const _id of ['a', 'b']) {
      const [direct, command] = [await things.findOne({ _id }, options), await plain.findOne({ _id }, options)]
      t.strictSame(direct, command, JSON.stringify(options))
      t.same(Object.keys(direct ?? {}), Object.keys(command ?? {}), 'in the same order')
    }
  }
  t.same(reads, Array(2 * allOptions.length).fill('things'))
})

t.test('other reads are commands', async t => {
  const { things, plain, reads } = await start(t)
  await plain.insertMany([{ _id: 'a', n: 1, list: [{ m: 1 }, { m: 2 }] }, { _id: '\ufffd' }])
  const others: [object, FindOptions?][] = [
    [{ _id: 'a', n: 2 }],
    [{ _id: { $in: ['a'] } }],
    [{ n: 1 }],
    [{}],
    [{ _id: '\ud800' }],
    [{ _id: 'a' }, { sort: { _id: 1 } }],
    [{ _id: 'a' }, { projection: { n: 0 } }],
    [{ _id: 'a' }, { projection: { n: 1, _id: 0 } }],
    [{ _id: 'a' }, { projection: { 'list.m': 1 } }],
    [{ _id: 'a' }, { projection: {} }],
    [{ _id: 'a' }, { skip: 1 }]
  ]
  for (const [filter, options] of others) {
    t.strictSame(await things.findOne(filter, options), await plain.findOne(filter, options), JSON.stringify(filter))
  }
  t.same(reads, [])
  t.equal(await codeOf(things.findOne({ _id: 'a', $where: '1' })), 115)
})

t.test('a read that the thread does not answer is the command of the driver', async t => {
  const { things, plain, store, reads } = await start(t)
  await plain.insertOne({ _id: 'a' })
  await store.close()
  await t.rejects(things.findOne({ _id: 'a' }), { name: /^Mongo/ })
  t.same(reads, ['FAILED'])
})

t.test('direct reads are counted as commands of the store', async t => {
  const { app, url } = await startApp(t)
  const { rest } = await signIn(url, 'Somebody')
  const count = async () =>
    Number(/command_duration_seconds_count\{command="find"\} (\d+)/.exec(await app.metrics.text())?.[1])
  const before = await count()
  await rest('GET', '/v1/users/me')
  t.ok((await count()) > before)
})
