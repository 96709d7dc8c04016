import { Binary, Long, MaxKey, MinKey, ObjectId, Timestamp, type Document, type Filter } from 'mongodb'
import t from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  t.test('keyset pages over equal times neither lose nor repeat documents', async t => {
    const shows = db.collection<Thing>('shows')
    await shows.createIndex({ owner: 1, createdAt: -1, _id: -1 })
    const all = Array.from({ length: 230 }, (_, n) => ({
      _id: `show${String((n * 7919) % 1000).padStart(4, '0')}`,
      owner: n % 10 === 0 ? 'b' : 'a',
      createdAt: new Date(1000 + Math.floor(n / 20))
    }))
    await shows.insertMany(all)
    const seen: Thing[] = []
    let after: Thing | undefined
    for (;;) {
      const older: Filter<Thing> = after
        ? { $or: [{ createdAt: { $lt: after.createdAt } }, { createdAt: after.createdAt, _id: { $lt: after._id } }] }
        : {}
      const page = await shows
        .find({ $and: [{ owner: 'a' }, older] })
        .sort({ createdAt: -1, _id: -1 })
        .limit(7)
        .toArray()
      seen.push(...page)
      after = page.at(-1)
      if (!after) break
    }
    const expected = all
      .filter(({ owner }) => owner === 'a')
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1))
    t.same(
      seen.map(({ _id }) => _id),
      expected.map(({ _id }) => _id)
    )
  })

  t.test('cursors read many batches', async t => {
    const many = db.collection<Thing & { n: number }>('many')
    await many.insertMany(Array.from({ length: 1500 }, (_, n) => ({ _id: `m${n}`, n })))
    t.same(
      (await many.find().toArray()).map(({ n }) => n),
      Array.from({ length: 1500 }, (_, n) => n)
    )
    t.equal((await many.find({ n: { $gte: 100 } }, { batchSize: 33 }).toArray()).length, 1400)
    t.equal((await many.find().sort({ n: -1 }).limit(250).toArray()).at(-1)?.n, 1250)
    t.same(
      (await many.find().sort({ n: 1 }).skip(10).limit(3).toArray()).map(({ n }) => n),
      [10, 11, 12]
    )
    await many.createIndex({ n: 1 })
    let expected = 1499
    for await (const { n } of many.find({}, { batchSize: 100 }).sort({ n: -1 })) {
      if (n !== expected--) t.fail(`found ${n} instead of ${expected + 1}`)
    }
    t.equal(expected, -1)
  })

  t.test('a cursor continues while documents are deleted', async t => {
    const moving = db.collection<Thing & { n: number }>('moving')
    await moving.insertMany(Array.from({ length: 500 }, (_, n) => ({ _id: `m${n}`, n })))
    const cursor = moving.find({}, { batchSize: 50 })
    const seen = new Set<string>()
    for await (const { _id, n } of cursor) {
      seen.add(_id)
      if (n === 100) await moving.deleteMany({ n: { $gt: 400 } })
    }
    for (let n = 0; n <= 400; n++) if (!seen.has(`m${n}`)) t.fail(`m${n} was not found`)
    t.ok(seen.size <= 500)
  })

  t.test('a closed cursor cannot be read', async t => {
    const many = db.collection('closed')
    await many.insertMany(Array.from({ length: 500 }, (_, n) => ({ n })))
    const cursor = many.find({}, { batchSize: 10 })
    await cursor.next()
    const id = cursor.id
    await cursor.close()
    await t.rejects(db.command({ getMore: id, collection: 'closed' }), { code: 43 })
  })

  t.test("values of different types sort in MongoDB's order, with and without an index", async t => {
    const mixed = db.collection<{ _id: number; v?: unknown }>('mixed')
    const inOrder: unknown[] = [
      null,
      -Infinity,
      -1.5,
      -1,
      0,
      0.5,
      1,
      Long.fromString('9007199254740993'),
      1e300,
      '',
      'A',
      'Z',
      'a',
      'aa',
      'é',
      '\uffff',
      ...(exactly ? ['😀'] : []),
      {},
      { a: 1 },
      { a: 2 },
      { a: 'x' },
      new Binary(Buffer.from([1])),
      new Binary(Buffer.from([0, 1])),
      new ObjectId('000000000000000000000001'),
      new ObjectId('00000000000000000000000f'),
      false,
      true,
      new Date(-5),
      new Date(0),
      new Date(5)
    ]
    // They are inserted in a different order.
    const order = inOrder.map((_, n) => (n * 17) % inOrder.length)
    t.equal(new Set(order).size, inOrder.length)
    await mixed.insertMany(order.map(n => ({ _id: n, v: inOrder[n] })))
    const ids = async (direction: 1 | -1) => (await mixed.find().sort({ v: direction }).toArray()).map(({ _id }) => _id)
    const up = inOrder.map((_, n) => n)
    for (const when of ['without an index', 'with an index']) {
      t.same(await ids(1), up, when)
      t.same(await ids(-1), up.toReversed(), when)
      await mixed.createIndex({ v: 1 })
    }
  })

  t.test('comparisons find values of the same type only', async t => {
    const mixed = db.collection<{ _id: string; v?: unknown }>('brackets')
    await mixed.insertMany([
      { _id: 'n1', v: 1 },
      { _id: 'n5', v: 5 },
      { _id: 's', v: 'x' },
      { _id: 'd', v: new Date(3) },
      { _id: 'null', v: null },
      { _id: 'none' }
    ])
    const ids = async (v: Document) => (await mixed.find({ v }).sort({ _id: 1 }).toArray()).map(({ _id }) => _id)
    for (const when of ['without an index', 'with an index']) {
      t.same(await ids({ $gt: 0 }), ['n1', 'n5'], when)
      t.same(await ids({ $lt: 5 }), ['n1'], when)
      t.same(await ids({ $lte: 'x' }), ['s'], when)
      t.same(await ids({ $gte: new Date(0) }), ['d'], when)
      t.same(await ids({ $gt: 0, $lt: 3 }), ['n1'], when)
      t.same(await ids({ $in: [null] }), ['none', 'null'], when)
      t.same(await ids({ $ne: null }), ['d', 'n1', 'n5', 's'], when)
      await mixed.createIndex({ v: 1 })
    }
  })

  t.test('each field of a sort has its own direction', async t => {
    const grid = db.collection<Thing>('grid')
    await grid.insertMany([0, 1, 2].flatMap(a => [0, 1, 2].map(b => ({ _id: `${a}${b}`, a, b }))))
    const ids = async (sort: Record<string, 1 | -1>, filter = {}) =>
      (await grid.find(filter).sort(sort).toArray()).map(({ _id }) => _id)
    for (const when of ['without an index', 'with an index']) {
      t.same(await ids({ a: 1, b: -1 }), ['02', '01', '00', '12', '11', '10', '22', '21', '20'], when)
      t.same(await ids({ a: -1, b: 1 }), ['20', '21', '22', '10', '11', '12', '00', '01', '02'], when)
      t.same(await ids({ b: 1 }, { a: 1 }), ['10', '11', '12'], when)
      t.same(await ids({ a: 1, b: 1 }, { a: { $gte: 1 }, b: { $ne: 1 } }), ['10', '12', '20', '22'], when)
      await grid.createIndex({ a: 1, b: -1 })
    }
  })

  t.test('an array sorts by its lowest element, and in descending order by its highest', async t => {
    const lists = db.collection<Thing>('lists')
    await lists.insertMany([
      { _id: 'a', v: [5, 1] },
      { _id: 'b', v: [3] },
      { _id: 'c', v: 2 },
      { _id: 'd', v: [0, 9] }
    ])
    const ids = async (direction: 1 | -1, filter = {}) =>
      (await lists.find(filter).sort({ v: direction }).toArray()).map(({ _id }) => _id)
    for (const when of ['without an index', 'with an index']) {
      t.same(await ids(1), ['d', 'a', 'c', 'b'], when)
      t.same(await ids(-1), ['d', 'a', 'b', 'c'], when)
      t.same(await ids(1, { v: { $gt: 2 } }), ['d', 'a', 'b'], when)
      t.same(await ids(-1, { v: { $lt: 4 } }), ['d', 'a', 'b', 'c'], when)
      await lists.createIndex({ v: 1 })
    }
  })

  t.test('MinKey, MaxKey and timestamps can be stored', async t => {
    const ends = db.collection<{ _id: string; v: unknown }>('ends')
    await ends.insertMany([
      { _id: 'max', v: new MaxKey() },
      { _id: 'stamp', v: new Timestamp({ t: 1, i: 1 }) },
      { _id: 'min', v: new MinKey() }
    ])
    t.same(
      (await ends.find().toArray()).map(({ _id }) => _id),
      ['max', 'stamp', 'min']
    )
  })
})
