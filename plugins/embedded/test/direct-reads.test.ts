import { MessageChannel } from 'node:worker_threads'
import { BSON, MongoClient, type Collection } from 'mongodb'
import t, { type Test } from 'tap'
import { DirectReader, DirectReadError } from '../direct/direct-reader.ts'
import { noDocument, readFailed } from '../direct/messages.ts'
import { startEmbeddedStore, type EmbeddedStore } from '../index.ts'
import { scratchFolder, type Thing } from './backends.ts'

async function start(t: Test): Promise<{ store: EmbeddedStore; things: Collection<Thing> }> {
  const store = await startEmbeddedStore({ dataDir: await scratchFolder(t) })
  const client = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  return { store, things: client.db('test').collection<Thing>('things') }
}

async function read(store: EmbeddedStore, id: string, namespace = 'test.things'): Promise<object | null> {
  const bytes = await store.readById(namespace, id)
  return bytes && BSON.deserialize(bytes)
}

t.test('a direct read finds what a command finds, and nothing else', async t => {
  const { store, things } = await start(t)
  t.equal(await read(store, 'a'), null, 'no collection')
  await things.insertMany([{ _id: 'a', n: 1 }, { _id: 'b\0c' }, { _id: '' }])
  t.same(await read(store, 'a'), { _id: 'a', n: 1 })
  t.same(await read(store, 'b\0c'), { _id: 'b\0c' })
  t.same(await read(store, ''), { _id: '' })
  for (const id of ['b', 'b\0', 'A', 'aa']) t.equal(await read(store, id), null, id)
  t.equal(await read(store, 'a', 'test.others'), null)
  t.equal(await read(store, 'a', 'other.things'), null)
  await things.drop()
  t.equal(await read(store, 'a'), null, 'dropped')
  await things.insertOne({ _id: 'a', n: 2 })
  t.same(await read(store, 'a'), { _id: 'a', n: 2 }, 'made again')
})

t.test('a direct read sees every acknowledged write', async t => {
  const { store, things } = await start(t)
  await things.insertMany(Array.from({ length: 32 }, (_, n) => ({ _id: `t${n}`, n: 0 })))
  const writers = Array.from({ length: 32 }, async (_, n) => {
    for (let value = 1; value <= 20; value++) {
      await things.updateOne({ _id: `t${n}` }, { $set: { n: value } })
      t.same(await read(store, `t${n}`), { _id: `t${n}`, n: value })
    }
    await things.deleteOne({ _id: `t${n}` })
    t.equal(await read(store, `t${n}`), null)
  })
  await Promise.all(writers)
})

t.test('large documents read in one turn each reach their reader', async t => {
  const { store, things } = await start(t)
  const sizes = [10, 3_000_000, 0, 900_000, 900_000, 900_000, 5]
  await things.insertMany(sizes.map((size, n) => ({ _id: `t${n}`, text: String(n).repeat(size) })))
  const found = await Promise.all([...sizes.keys(), 99].map(async n => await read(store, `t${n}`)))
  t.same(found, [...sizes.map((size, n) => ({ _id: `t${n}`, text: String(n).repeat(size) })), null])
})

t.test('direct reads fail when the store closes, and after that', async t => {
  const { store } = await start(t)
  const last = store.readById('test.things', 'a').then(
    () => 'answered',
    (error: unknown) => error instanceof DirectReadError
  )
  await store.close()
  t.ok(await last, 'it does not wait for ever')
  await t.rejects(store.readById('test.things', 'a'), { name: 'DirectReadError' })
})

t.test('a failed read is an error of its reader only', async t => {
  const { port1, port2 } = new MessageChannel()
  const reader = new DirectReader(port1)
  t.teardown(() => reader.close())
  port2.on('message', () => {
    port2.postMessage({ lengths: [readFailed, 2], bytes: new Uint8Array([1, 2]) })
    port2.postMessage({ lengths: [noDocument], bytes: new Uint8Array() })
  })
  const failed = reader.read('db.c', 'a')
  const [found, missing] = [reader.read('db.c', 'b'), reader.read('db.c', 'c')]
  await t.rejects(failed, { name: 'DirectReadError' })
  t.same(await found, new Uint8Array([1, 2]))
  t.equal(await missing, null)
})

t.test('reads without an answer fail in time, and late answers go to nobody else', async t => {
  const { port1, port2 } = new MessageChannel()
  const reader = new DirectReader(port1, 20)
  t.teardown(() => reader.close())
  // The reader's own timer and port do not keep the process running.
  port2.on('message', () => {})
  await t.rejects(reader.read('db.c', 'slow'), { name: 'DirectReadError' })
  const next = reader.read('db.c', 'next')
  port2.postMessage({ lengths: [1, noDocument], bytes: new Uint8Array([7]) })
  t.equal(await next, null)
})
