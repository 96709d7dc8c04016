import { Double, Int32, Long, type Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  const things = db.collection<Thing>('things')

  /** Returns the document that an update makes of another, without its `_id`. */
  async function updated(before: Document, update: Document): Promise<Document> {
    await things.deleteMany({})
    await things.insertOne({ _id: 'x', ...before })
    await things.updateOne({ _id: 'x' }, update)
    const { _id, ...rest } = (await things.findOne({ _id: 'x' })) ?? {}
    return rest
  }

  t.test('operators change values', async t => {
    t.same(await updated({ a: 1 }, { $set: { 'b.c': 2, 'b.d': 3 } }), { a: 1, b: { c: 2, d: 3 } })
    t.same(await updated({ a: { b: 1, c: 2 } }, { $unset: { 'a.b': '', none: '', 'a.x.y': '' } }), { a: { c: 2 } })
    t.same(await updated({ a: 1 }, { $inc: { a: 2, b: -1 } }), { a: 3, b: -1 })
    t.same(await updated({ a: 5, b: 5 }, { $max: { a: 3, b: 7, c: 1 } }), { a: 5, b: 7, c: 1 })
    t.same(await updated({ a: [1, 2, 3] }, { $set: { 'a.1': 'x' } }), { a: [1, 'x', 3] })
    t.same(await updated({ a: [{ n: 1 }] }, { $inc: { 'a.0.n': 1 } }), { a: [{ n: 2 }] })
    t.same(await updated({ a: [1] }, { $set: { 'a.3': 4 } }), { a: [1, null, null, 4] })
  })

  t.test('$inc keeps whole numbers and doubles, and widens a number that overflows', async t => {
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

  t.test('operators change arrays', async t => {
    t.same(await updated({ a: [1] }, { $push: { a: 2, b: 1 } }), { a: [1, 2], b: [1] })
    t.same(await updated({ a: [1, 2] }, { $push: { a: { $each: [3, 4], $slice: -3 } } }), { a: [2, 3, 4] })
    t.same(await updated({ a: [1] }, { $push: { a: [2] } }), { a: [1, [2]] })
    t.same(await updated({ a: [1, 2, 1] }, { $pull: { a: 1 } }), { a: [2] })
    t.same(await updated({ a: [1, [2], 2] }, { $pull: { a: [2] } }), { a: [1, 2] })
    t.same(await updated({ b: 1 }, { $pull: { a: 1 } }), { b: 1 })
  })

  t.test('an impossible update is refused and changes nothing', async t => {
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
