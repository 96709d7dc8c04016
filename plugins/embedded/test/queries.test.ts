import { Double, Long, ObjectId, type Filter } from 'mongodb'
import t, { type Test } from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  /**
   * Inserts documents and compares the ids that each query finds. CI's stand-in is mongo-java-server 1.47.0. Where it
   * differs from MongoDB, the third part of a case has the ids that it finds, and a comment gives the reason.
   */
  async function check(
    t: Test,
    name: string,
    documents: Thing[],
    cases: Array<[filter: Filter<Thing>, ids: string, standInIds?: string]>
  ): Promise<void> {
    const things = db.collection<Thing>(name)
    await things.insertMany(documents)
    for (const [filter, ids, standInIds = ids] of cases) {
      const found = await things.find(filter).sort({ _id: 1 }).toArray()
      t.equal(found.map(({ _id }) => _id).join(' '), exactly ? ids : standInIds, JSON.stringify(filter))
    }
  }

  t.test('operators compare values', async t => {
    await check(
      t,
      'values',
      [
        { _id: 'a', n: 1, s: 'abc', d: new Date(1000) },
        { _id: 'b', n: new Double(1), s: 'ABC', d: new Date(2000) },
        { _id: 'c', n: Long.fromNumber(1), s: 'xyz', d: null },
        { _id: 'd', n: -1, s: '', o: new ObjectId('0123456789abcdef01234567') },
        { _id: 'e', n: 'one', flag: true },
        { _id: 'f', n: null, flag: false }
      ],
      [
        [{}, 'a b c d e f'],
        [{ n: 1 }, 'a b c'],
        [{ n: { $eq: 1 } }, 'a b c'],
        [{ n: { $ne: 1 } }, 'd e f'],
        [{ n: { $in: [1, 'one'] } }, 'a b c e'],
        [{ n: { $nin: [1, 'one'] } }, 'd f'],
        [{ n: { $in: [] } }, ''],
        [{ n: null }, 'f'],
        [{ d: null }, 'c d e f'],
        [{ d: { $exists: true } }, 'a b c'],
        [{ d: { $exists: false } }, 'd e f'],
        [{ d: { $gt: new Date(1000) } }, 'b'],
        [{ d: { $lte: new Date(1000) } }, 'a'],
        [{ o: new ObjectId('0123456789abcdef01234567') }, 'd'],
        [{ flag: true }, 'e'],
        [{ flag: { $ne: true } }, 'a b c d f'],
        [{ s: { $regex: '^a' } }, 'a'],
        [{ s: { $regex: 'B' } }, 'b'],
        // The stand-in ignores the other operators beside $regex. MongoDB applies all of them.
        [{ s: { $regex: '^[ax]', $gt: 'b' } }, 'c', 'a c'],
        [{ $or: [{ n: -1 }, { flag: true }] }, 'd e'],
        [{ $and: [{ n: 1 }, { s: 'abc' }] }, 'a'],
        [{ _id: { $in: ['f', 'a', 'nobody'] } }, 'a f'],
        [{ _id: { $gt: 'c', $lte: 'e' } }, 'd e'],
        [{ _id: 'a', n: 2 }, '']
      ]
    )
  })

  t.test('operators look into arrays', async t => {
    await check(
      t,
      'arrays',
      [
        { _id: 'a', v: [1, 2, 3] },
        { _id: 'b', v: [3] },
        { _id: 'c', v: 3 },
        { _id: 'd', v: [] },
        { _id: 'e', v: [[1, 2], 5] },
        { _id: 'f', v: [null] },
        { _id: 'g' },
        { _id: 'h', v: [1, 10] }
      ],
      [
        [{ v: 3 }, 'a b c'],
        [{ v: [3] }, 'b'],
        // The stand-in does not look for an array among the elements of an array.
        [{ v: [1, 2] }, 'e', ''],
        [{ v: [] }, 'd'],
        [{ v: { $ne: 3 } }, 'd e f g h'],
        [{ v: null }, 'f g'],
        // The stand-in wants one element that satisfies all conditions. MongoDB accepts different elements.
        [{ v: { $gt: 2, $lt: 5 } }, 'a b c h', 'a b c'],
        [{ 'v.0': 1 }, 'a h'],
        [{ 'v.1': { $exists: true } }, 'a e h'],
        [{ v: { $in: [10, 2] } }, 'a h']
      ]
    )
  })

  t.test('paths lead through documents in arrays', async t => {
    await check(
      t,
      'nested',
      [
        {
          _id: 'a',
          list: [
            { k: 'x', n: 1 },
            { k: 'y', n: 2 }
          ]
        },
        { _id: 'b', list: [{ k: 'x', n: 2 }], deep: { er: { est: 1 } } },
        { _id: 'c', list: [], deep: { er: [{ est: 1 }, { est: 2 }] } },
        { _id: 'd', list: [{ k: 'z', tags: ['p', 'q'] }], deep: 5 },
        { _id: 'e', pair: { a: 1, b: 2 } }
      ],
      [
        [{ 'list.k': 'x' }, 'a b'],
        [{ 'list.k': 'x', 'list.n': 2 }, 'a b'],
        [{ list: { $elemMatch: { k: 'x', n: 2 } } }, 'b'],
        // The stand-in looks in an array for each field of the document. MongoDB looks for an equal document.
        [{ list: { k: 'x', n: 2 } }, 'b', 'a b'],
        [{ list: { n: 2, k: 'x' } }, '', 'a b'],
        [{ 'list.tags': 'q' }, 'd'],
        [{ 'list.1.k': 'y' }, 'a'],
        [{ 'deep.er.est': 1 }, 'b c'],
        [{ 'deep.er.est': { $exists: true } }, 'b c'],
        [{ 'deep.er': { est: 1 } }, 'b c'],
        [{ pair: { a: 1, b: 2 } }, 'e'],
        [{ pair: { b: 2, a: 1 } }, ''],
        [{ 'pair.b': { $gte: 2 } }, 'e'],
        [{ list: { $elemMatch: { n: { $gt: 1 }, k: { $in: ['y', 'z'] } } } }, 'a'],
        [{ list: { $elemMatch: { $or: [{ k: 'z' }, { n: 1 }] } } }, 'a d'],
        [{ 'list.k': { $nin: ['x', 'z'] } }, 'c e']
      ]
    )
  })

  t.test('the name of an operator inside a value is data', async t => {
    const things = db.collection<Thing>('data')
    await things.insertMany([
      { _id: 'a', v: { gt: 1 }, text: '$where' },
      { _id: 'b', v: '$a', text: '{"$gt": ""}' }
    ])
    t.equal((await things.findOne({ text: { $eq: '$where' } }))?._id, 'a')
    t.equal((await things.findOne({ v: '$a' }))?._id, 'b')
    await things.updateOne({ _id: 'a' }, { $set: { v: '$text' } })
    t.equal((await things.findOne({ _id: 'a' }))?.v, '$text')
    t.equal(await things.findOne({ v: { $eq: { $gt: '' } } }), null)
    if (!exactly) return
    await things.insertOne({ _id: 'c', v: { $gt: 1 } })
    t.same(await things.findOne({ _id: 'c' }), { _id: 'c', v: { $gt: 1 } })
    t.equal((await things.findOne({ v: { $eq: { $gt: 1 } } }))?._id, 'c')
  })

  t.test('an index does not change the result of a query', async t => {
    const things = db.collection<Thing>('same-with-index')
    await things.insertMany([
      { _id: 'a', v: 1, w: 1 },
      { _id: 'b', v: [1, 5], w: 2 },
      { _id: 'c', v: null },
      { _id: 'd' },
      { _id: 'e', v: 'x', w: null },
      { _id: 'f', v: NaN },
      { _id: 'g', v: [[1]], w: 1 },
      { _id: 'h', v: Infinity },
      { _id: 'i', v: { a: 1 } },
      { _id: 'j', v: [] },
      { _id: 'k', v: [2, 3] }
    ])
    const filters: Array<Filter<Thing>> = [
      { v: 1 },
      { v: null },
      { v: { $gt: 0 } },
      { v: { $lt: 3 } },
      { v: { $gt: 1, $lt: 5 } },
      { v: { $in: [1, null] } },
      { v: { $ne: 1 } },
      { v: { $exists: false } },
      { v: NaN },
      { v: { $lte: NaN } },
      { v: { $gte: Infinity } },
      { v: { a: 1 } },
      { v: [1] },
      { v: [] },
      { v: { $regex: '^x' } },
      { v: 1, w: 1 },
      { v: { $gte: 1 }, w: { $gte: 1 } },
      { $or: [{ v: 1 }, { v: 'x' }] },
      { $or: [{ v: 1 }, { w: 2 }] },
      { $and: [{ v: { $gt: 0 } }, { v: { $lt: 2 } }] }
    ]
    const all = async () =>
      await Promise.all(
        filters.map(async filter =>
          (await things.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id).join(' ')
        )
      )
    const before = await all()
    await things.createIndex({ v: 1, w: -1 })
    t.same(await all(), before)
    await things.dropIndexes()
    await things.createIndex({ v: -1 }, { sparse: true })
    t.same(await all(), before)
  })

  t.test('different elements of an array may satisfy the conditions on one index', async t => {
    const things = db.collection<Thing>('shared-array')
    await things.insertMany([
      {
        _id: 'a',
        list: [
          { e: 1, f: 0 },
          { e: 0, f: 2 }
        ]
      },
      { _id: 'b', list: [{ e: 1, f: 1 }] }
    ])
    for (const when of ['without an index', 'with an index']) {
      t.equal((await things.findOne({ 'list.e': 1, 'list.f': 2 }))?._id, 'a', when)
      t.equal((await things.findOne({ 'list.e': { $gte: 1 }, 'list.f': { $gt: 1 } }))?._id, 'a', when)
      await things.createIndex({ 'list.e': 1, 'list.f': 1 })
    }
  })

  t.test('an invalid query is refused', async t => {
    const things = db.collection<Thing>('wrong')
    await things.insertOne({ _id: 'a', v: 1 })
    for (const filter of [{ v: { $foo: 1 } }, { $foo: [] }, { $or: [] }, { v: { $in: 1 } }, { v: { $regex: '(' } }]) {
      t.ok(await codeOf(things.find(filter).toArray()), JSON.stringify(filter))
    }
  })
})
