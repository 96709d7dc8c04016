import { Double, Int32, Long, type Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend } from './backends.ts'

interface Thing extends Document {
  _id: string
}

onEachBackend(t, async (t, db, exactly) => {
  const things = db.collection<Thing>('things')

  async function updated(
    before: Document,
    update: Document,
    filter: Document = {},
    options = {}
  ): Promise<Document | undefined> {
    await things.deleteMany({})
    await things.insertOne({ _id: 'x', ...before })
    await things.updateOne({ _id: 'x', ...filter }, update, options)
    const { _id, ...rest } = (await things.findOne({ _id: 'x' })) ?? {}
    return rest
  }

  t.test('operators on values', async t => {
    t.same(await updated({ a: 1 }, { $set: { 'b.c': 2, 'b.d': 3 } }), { a: 1, b: { c: 2, d: 3 } })
    t.same(await updated({ a: { b: 1, c: 2 } }, { $unset: { 'a.b': '', none: '', 'a.x.y': '' } }), { a: { c: 2 } })
    t.same(await updated({ a: 1 }, { $inc: { a: 2, b: -1 } }), { a: 3, b: -1 })
    t.same(await updated({ a: 2 }, { $mul: { a: 3, b: 5 } }), { a: 6, b: 0 })
    t.same(await updated({ a: 5, b: 5 }, { $min: { a: 3, b: 7, c: 1 } }), { a: 3, b: 5, c: 1 })
    t.same(await updated({ a: 5, b: 5 }, { $max: { a: 3, b: 7, c: 1 } }), { a: 5, b: 7, c: 1 })
    t.same(await updated({ a: 1 }, { $rename: { a: 'b' } }), { b: 1 })
    t.match(await updated({}, { $currentDate: { at: true } }), { at: Date })
    t.same(await updated({ a: [1, 2, 3] }, { $set: { 'a.1': 'x' } }), { a: [1, 'x', 3] })
    t.same(await updated({ a: [{ n: 1 }] }, { $inc: { 'a.0.n': 1 } }), { a: [{ n: 2 }] })
    t.same(await updated({ a: [1] }, { $set: { 'a.3': 4 } }), { a: [1, null, null, 4] })
  })

  t.test('whole numbers grow, and doubles stay', async t => {
    await things.deleteMany({})
    await things.insertOne({ _id: 'n', int: 2147483647, long: Long.fromString('9007199254740993'), double: 0.5 })
    await things.updateOne({ _id: 'n' }, { $inc: { int: 1, long: 1, double: 0.25 } })
    t.match(await things.findOne({}, { promoteLongs: false }), {
      int: Long.fromNumber(2147483648),
      long: Long.fromString('9007199254740994'),
      double: 0.75
    })
    await things.updateOne({ _id: 'n' }, { $set: { int: new Int32(1), double: new Double(2) } })
    const raw = await things.findOne({}, { promoteValues: false })
    t.ok(raw?.double instanceof Double)
  })

  t.test('operators on arrays', async t => {
    t.same(await updated({ a: [1] }, { $push: { a: 2, b: 1 } }), { a: [1, 2], b: [1] })
    t.same(await updated({ a: [1, 2] }, { $push: { a: { $each: [3, 4], $slice: -3 } } }), { a: [2, 3, 4] })
    t.same(await updated({ a: [1, 2] }, { $push: { a: { $each: [9, 8], $position: 0 } } }), { a: [9, 8, 1, 2] })
    t.same(await updated({ a: [{ n: 2 }, { n: 1 }] }, { $push: { a: { $each: [{ n: 3 }], $sort: { n: -1 } } } }), {
      a: [{ n: 3 }, { n: 2 }, { n: 1 }]
    })
    t.same(await updated({ a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }), { a: [1, 2, 3] })
    t.same(await updated({ a: [1] }, { $push: { a: [2] } }), { a: [1, [2]] })
    t.same(await updated({ a: [1, 2] }, { $addToSet: { a: 2, b: 1 } }), { a: [1, 2], b: [1] })
    t.same(await updated({ a: [{ x: 1, y: 1 }] }, { $addToSet: { a: { $each: [{ x: 1, y: 1 }, { x: 2 }] } } }), {
      a: [{ x: 1, y: 1 }, { x: 2 }]
    })
    t.same(await updated({ a: [1, 2, 3] }, { $pop: { a: 1 } }), { a: [1, 2] })
    t.same(await updated({ a: [1, 2, 3] }, { $pop: { a: -1 } }), { a: [2, 3] })
    t.same(await updated({ a: [1, 2, 1] }, { $pull: { a: 1 } }), { a: [2] })
    t.same(await updated({ a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }), { a: [1] })
    t.same(await updated({ a: [{ k: 1, v: 1 }, { k: 2 }] }, { $pull: { a: { k: 1 } } }), { a: [{ k: 2 }] })
    t.same(await updated({ a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }), { a: [2] })
  })

  t.test('positions', async t => {
    const list = [
      { k: 'x', n: 1 },
      { k: 'y', n: 1 },
      { k: 'x', n: 1 }
    ]
    t.same(await updated({ list }, { $set: { 'list.$.n': 2, 'list.$.k': 'z' } }, { 'list.k': 'y' }), {
      list: [list[0], { k: 'z', n: 2 }, list[2]]
    })
    t.same(await updated({ list }, { $inc: { 'list.$.n': 5 } }, { list: { $elemMatch: { k: 'x', n: 1 } } }), {
      list: [{ k: 'x', n: 6 }, list[1], list[2]]
    })
    t.same(await updated({ a: [1, 2, 3] }, { $set: { 'a.$': 9 } }, { a: { $gte: 2 } }), { a: [1, 9, 3] })
    t.same(await updated({ list }, { $inc: { 'list.$[].n': 1 } }), { list: list.map(({ k }) => ({ k, n: 2 })) })
    t.same(await updated({ list }, { $set: { 'list.$[e].n': 0 } }, {}, { arrayFilters: [{ 'e.k': 'x' }] }), {
      list: [{ k: 'x', n: 0 }, list[1], { k: 'x', n: 0 }]
    })
    t.same(await updated({ a: [1, 5, 9] }, { $set: { 'a.$[big]': 0 } }, {}, { arrayFilters: [{ big: { $gt: 3 } }] }), {
      a: [1, 0, 0]
    })
  })

  t.test('an update that can not be is refused and changes nothing', async t => {
    const before = { a: 1, s: 'text', list: [1] }
    const cases: Array<[Document, number]> = [
      [{ $inc: { s: 1 } }, 14],
      [{ $inc: { a: 'x' } }, 14],
      [{ $push: { a: 1 } }, 2],
      [{ $set: { 'a.b': 1 } }, 28],
      [{ $set: { a: 1, 'a.b': 2 } }, 40],
      [{ $set: { a: 1 }, $inc: { a: 1 } }, 40],
      [{ $foo: { a: 1 } }, 9],
      [{ $set: { 'list.x': 1 } }, 28]
    ]
    for (const [update, code] of cases) {
      const refused = await codeOf(updated(before, update))
      t.ok(refused, JSON.stringify(update))
      if (exactly) t.equal(refused, code, JSON.stringify(update))
      const { _id, ...after } = (await things.findOne({ _id: 'x' })) ?? {}
      t.same(after, before, JSON.stringify(update))
    }
  })
})
