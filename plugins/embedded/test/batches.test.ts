import { MongoClient } from 'mongodb'
import t from 'tap'
import { startScratchStore, type Thing } from './backends.ts'
import { Cursor } from '../store/cursors.ts'

/** Keeps the thread busy. */
function spend(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Yields documents, each of which takes some time to find. */
function* slowly(count: number, eachMs: number): Generator<Uint8Array> {
  for (let n = 0; n < count; n++) {
    spend(eachMs)
    yield Uint8Array.of(n)
  }
}

t.test('a batch ends when its time is over, and the next one continues', async t => {
  const cursor = new Cursor('db.things', slowly(40, 3))
  const batches: number[][] = []
  while (!cursor.isExhausted) batches.push(cursor.take(Infinity).flatMap(bytes => [...bytes]))
  t.ok(batches.length > 1, `${batches.length} batches`)
  t.same(
    batches.flat(),
    Array.from({ length: 40 }, (_, n) => n)
  )
})

t.test('a single batch has no time limit, and a batch has at least one document', async t => {
  t.equal(new Cursor('db.things', slowly(20, 3)).take(Infinity, Infinity).length, 20)
  t.equal(new Cursor('db.things', slowly(2, 30)).take(Infinity).length, 1)
})

t.test('a search that finds nothing for a while pauses, and a batch may be empty', async t => {
  function* rarely(): Generator<Uint8Array | undefined> {
    for (let n = 0; n < 20; n++) {
      spend(3)
      yield undefined
    }
    yield Uint8Array.of(7)
  }
  const cursor = new Cursor('db.things', rarely())
  t.same(cursor.take(101), [], 'no document in the time of a batch')
  t.notOk(cursor.isExhausted)
  const found: Uint8Array[] = []
  while (!cursor.isExhausted) found.push(...cursor.take(101))
  t.same(found, [Uint8Array.of(7)])
  t.same(new Cursor('db.things', rarely()).take(101, Infinity), [Uint8Array.of(7)])
})

t.test('the driver reads on after empty batches', async t => {
  const store = await startScratchStore(t)
  const client = await MongoClient.connect(store.url, { monitorCommands: true })
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  const things = client.db('slices').collection<Thing>('things')
  const text = 'x'.repeat(2000)
  for (let start = 0; start < 12_000; start += 4000) {
    await things.insertMany(Array.from({ length: 4000 }, (_, n) => ({ _id: `${start + n}`, n: start + n, text })))
  }
  const sizes: number[] = []
  client.on('commandSucceeded', ({ reply }) => {
    const { firstBatch, nextBatch = firstBatch } = (reply as { cursor: Record<string, unknown[]> }).cursor
    if (nextBatch) sizes.push(nextBatch.length)
  })
  t.same(
    (await things.find({ n: { $gte: 11_998 } }).toArray()).map(({ n }) => n),
    [11_998, 11_999]
  )
  t.ok(sizes.includes(0), `batches of ${sizes} documents`)
  t.equal((await things.findOne({ n: 11_999 }))?._id, '11999', 'a single batch is whole')
  t.equal(
    (
      await things
        .find({ n: { $gte: 11_990 } })
        .limit(3)
        .toArray()
    ).length,
    3
  )
})
