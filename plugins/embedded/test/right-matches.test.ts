/** Queries whose answers are easy to get wrong in silence, with the documents that MongoDB finds. */
import { BSON, Decimal128, Double, Long, MaxKey, MinKey, type Document, type Filter, type Sort } from 'mongodb'
import t, { type Test } from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

const { EJSON } = BSON

/** Shows a value with the BSON type of every number. */
function typed(value: unknown): string {
  return EJSON.stringify(value, { relaxed: false })
}

onEachBackend(t, async (t, db, exactly) => {
  if (!exactly) return t.comment('not on the stand-in, which gives other answers')

  /** Returns a new collection with documents. */
  async function filled(name: string, documents: Document[]) {
    await db.collection(name).insertMany(documents)
    return db.collection<Thing>(name)
  }

  /** Compares the ids that queries find, in the order of the ids. */
  async function check(t: Test, things: Awaited<ReturnType<typeof filled>>, cases: Array<[Filter<Thing>, string]>) {
    for (const [filter, ids] of cases) {
      const found = await things.find(filter).sort({ _id: 1 }).toArray()
      t.equal(found.map(({ _id }) => _id).join(' '), ids, typed(filter))
      t.equal(await things.countDocuments(filter), found.length, `count of ${typed(filter)}`)
    }
  }

  // MongoDB's own tests call these "null query semantics".
  t.test('missing fields, nulls and arrays match null as in MongoDB', async t => {
    for (const index of [undefined, { a: 1 }, { a: -1 }, { 'a.b': 1 }, { 'a.b': 1, _id: 1 }] as const) {
      const name = `null-${JSON.stringify(index)}`
      const things = await filled(name, [
        { _id: 'empty', a: {} },
        { _id: 'null', a: null },
        { _id: 'number', a: 4 },
        { _id: 'b', a: { b: 'hi' } },
        { _id: 'bNull', a: { b: null } },
        { _id: 'none' },
        { _id: '[[]]', a: [[]] },
        { _id: '[]', a: [] },
        { _id: '[bNull,{}]', a: [{ b: null }, {}] },
        { _id: '[b]', a: [{ b: 1 }, { b: 3 }] },
        { _id: '[b,bNull]', a: [{ b: 3 }, { b: null }] },
        { _id: '[b,{}]', a: [{ b: 3 }, {}] },
        { _id: '[null]', a: [null, null] },
        { _id: '[1]', a: [1, 'string', 4] },
        { _id: '[1,null]', a: [1, null, 4] }
      ])
      if (index) await things.createIndex(index)
      await check(t, things, [
        [{ a: null }, '[1,null] [null] none null'],
        [{ a: { $ne: null } }, '[1] [[]] [] [b,bNull] [b,{}] [bNull,{}] [b] b bNull empty number'],
        [{ a: { $gte: null } }, '[1,null] [null] none null'],
        [{ a: { $lte: null } }, '[1,null] [null] none null'],
        [{ a: { $gt: null } }, ''],
        [{ a: { $in: [null, 75] } }, '[1,null] [null] none null'],
        [{ a: { $nin: [null, 75] } }, '[1] [[]] [] [b,bNull] [b,{}] [bNull,{}] [b] b bNull empty number'],
        [{ a: { $exists: false } }, 'none'],
        [{ 'a.b': null }, '[b,bNull] [b,{}] [bNull,{}] bNull empty none null number'],
        [{ 'a.b': { $ne: null } }, '[1,null] [1] [[]] [] [b] [null] b'],
        [{ 'a.b': { $in: [null, 75] } }, '[b,bNull] [b,{}] [bNull,{}] bNull empty none null number'],
        [{ 'a.b': { $exists: false } }, '[1,null] [1] [[]] [] [null] empty none null number'],
        [{ a: { $elemMatch: { b: null } } }, '[[]] [b,bNull] [b,{}] [bNull,{}]'],
        [{ a: { $elemMatch: { b: { $ne: null } } } }, '[b,bNull] [b,{}] [b]'],
        [{ $or: [{ a: null }, { a: 75 }] }, '[1,null] [null] none null']
      ])
    }
  })

  t.test('numbers between two doubles, and values of other types, are told apart', async t => {
    const things = await filled('numbers', [
      { _id: 'a', n: Long.fromString('9007199254740992') },
      { _id: 'b', n: Long.fromString('9007199254740993') },
      { _id: 'c', n: 9007199254740992 },
      { _id: 'd', n: Long.MAX_VALUE },
      { _id: 'e', n: 2 ** 63 },
      { _id: 'f', n: NaN },
      { _id: 'g', n: -0 },
      { _id: 'h', n: '1' },
      { _id: 'i', n: true },
      { _id: 'j', n: [0, 1] }
    ])
    for (const index of [false, true]) {
      if (index) await things.createIndex({ n: 1 })
      await check(t, things, [
        [{ n: Long.fromString('9007199254740993') }, 'b'],
        [{ n: 9007199254740992 }, 'a c'],
        [{ n: { $gt: 9007199254740992 } }, 'b d e'],
        [{ n: { $gte: 2 ** 63 } }, 'e'],
        [{ n: { $lt: 2 ** 63, $gt: 9007199254740992 } }, 'b d'],
        [{ n: 0 }, 'g j'],
        [{ n: NaN }, 'f'],
        [{ n: { $gte: NaN } }, 'f'],
        [{ n: { $lt: 1 } }, 'g j'],
        [{ n: 1 }, 'j'],
        [{ n: [0, 1] }, 'j'],
        [{ n: { $gt: 'a' } }, ''],
        [{ n: { $lte: true } }, 'i']
      ])
    }
  })

  t.test('a sort takes the key of an array that is first in the order of all its fields', async t => {
    const things = await filled('sorts', [
      {
        _id: 'a',
        list: [
          { x: 1, y: 9 },
          { x: 3, y: 1 }
        ]
      },
      {
        _id: 'b',
        list: [
          { x: 5, y: 0 },
          { x: 1, y: 5 }
        ]
      },
      { _id: 'c', list: [] },
      { _id: 'd', list: null },
      { _id: 'e' },
      { _id: 'f', list: [{ x: 2, y: 2 }] },
      { _id: 'g', list: [[{ x: 0 }]] }
    ])
    const order = async (sort: Sort) => (await things.find().sort(sort).toArray()).map(({ _id }) => _id).join('')
    t.equal(await order({ 'list.x': 1, 'list.y': 1, _id: 1 }), 'cdegbaf')
    t.equal(await order({ 'list.x': -1, 'list.y': -1, _id: 1 }), 'bafcdeg')
    t.equal(await order({ list: 1, _id: 1 }), 'cdebafg')
    await things.insertOne({ _id: 'h', list: [{ x: 1 }], other: [1, 2] })
    await t.rejects(order({ 'list.x': 1, other: 1 }), { code: 2 }, 'two arrays have no common keys')
    await things.insertOne({ _id: 'i', list: [{ 0: 'field' }] })
    await t.rejects(order({ 'list.0': 1 }), { code: 16746 }, 'a number that names an element and a field')
    await t.rejects(things.createIndex({ 'list.0': 1 }), { code: 16746 })
  })

  t.test('references are documents: paths lead into them, and they are equal by their fields', async t => {
    const author = { $ref: 'users', $id: 'ann', since: 2020 }
    const things = await filled('references', [
      { _id: 'a', author },
      { _id: 'b', authors: [author, { $ref: 'users', $id: 'bob' }] }
    ])
    await check(t, things, [
      [{ 'author.$id': 'ann' }, 'a'],
      [{ 'author.since': 2020 }, 'a'],
      [{ 'authors.$id': 'bob' }, 'b'],
      [{ author }, 'a'],
      [{ author: { $ref: 'users', $id: 'ann' } }, '']
    ])
    await things.updateOne({ _id: 'a' }, { $set: { 'author.since': 2021 } })
    const [found] = await db
      .collection<Buffer>('references')
      .find({}, { raw: true, sort: { _id: 1 } })
      .toArray()
    t.equal(
      Buffer.from(found ?? []).toString('hex'),
      Buffer.from(BSON.serialize({ _id: 'a', author: { ...author, since: 2021 } })).toString('hex')
    )
  })

  t.test('$type finds types, also of the elements of arrays, and no missing fields', async t => {
    const things = await filled('types', [
      { _id: 'a', n: null },
      { _id: 'b', n: Long.fromNumber(1) },
      { _id: 'c', n: Decimal128.fromString('1') },
      { _id: 'd', n: [1, null, { x: 1 }] },
      { _id: 'e', n: { x: null } },
      { _id: 'f', n: new Date(0) },
      { _id: 'g', n: true },
      { _id: 'h' },
      { _id: 'i', n: [] }
    ])
    await check(t, things, [
      [{ n: { $type: 'null' } }, 'a d'],
      [{ n: { $type: 10 } }, 'a d'],
      [{ n: { $type: 'number' } }, 'b c d'],
      [{ n: { $type: 'array' } }, 'd i'],
      [{ n: { $type: 'object' } }, 'd e'],
      [{ n: { $type: ['date', 'bool'] } }, 'f g'],
      [{ 'n.x': { $type: 'null' } }, 'e'],
      [{ 'n.x': { $type: 'number' } }, 'd']
    ])
  })

  t.test('patterns have the meaning that they have in PCRE', async t => {
    const things = await filled('patterns', [
      { _id: 'line', s: 'jazz\n' },
      { _id: 'lines', s: 'jazz\nrock' },
      { _id: 'plain', s: 'jazz' },
      { _id: 'smile', s: 'a😀b' },
      { _id: 'space', s: 'a\u2028b' }
    ])
    await check(t, things, [
      [{ s: { $regex: 'jazz$' } }, 'line plain'],
      [{ s: { $regex: '^jazz.rock' } }, ''],
      [{ s: { $regex: '^a.b$' } }, 'smile space'],
      [{ s: { $regex: '^ja[zy]{2}$' } }, 'line plain'],
      [{ s: { $regex: '^x|^a' } }, 'smile space']
    ])
  })

  t.test('types that the store does not compare are refused, or compared as in MongoDB', async t => {
    const things = await filled('others', [
      { _id: 'a', n: new MinKey() },
      { _id: 'b', n: new MaxKey() },
      { _id: 'c', n: new Double(1) }
    ])
    await check(t, things, [
      [{ n: new MinKey() }, 'a'],
      [{ n: { $in: [new MaxKey(), 1] } }, 'b c'],
      [{ n: { $gt: 0 } }, 'c']
    ])
    const refused = (filter: Filter<Thing>) => t.rejects(things.find(filter).toArray(), { code: 115 }, typed(filter))
    const isEmbedded = (await db.command({ buildInfo: 1 })).modules?.includes('ambient')
    if (!isEmbedded) return
    await refused({ n: { $lt: new MaxKey() } })
    await refused({ n: { $gte: new MinKey() } })
    await refused({ n: Decimal128.fromString('1') })
    await things.insertOne({ _id: 'd', n: Decimal128.fromString('2') })
    await refused({ n: 2 })
    await t.rejects(things.find().sort({ n: 1 }).toArray(), { code: 115 })
    await t.rejects(things.distinct('n'), { code: 115 })
  })
})
