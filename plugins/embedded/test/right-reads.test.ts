/** Answers that are easy to get wrong in silence, with the values that MongoDB gives. */
import { BSON, Double, Int32, Long, type Document, type Filter } from 'mongodb'
import t from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

const { EJSON } = BSON

/** Shows a value with the BSON type of every number. */
function typed(value: unknown): string {
  return EJSON.stringify(value, { relaxed: false })
}

const exactTypes = { promoteValues: false } as const

onEachBackend(t, async (t, db, exactly) => {
  if (!exactly) return t.comment('not on the stand-in, which gives other answers')

  /** Returns a new collection with documents. */
  async function filled(name: string, documents: Document[]) {
    await db.collection(name).insertMany(documents)
    return db.collection<Thing>(name)
  }

  t.test('distinct keeps the types of numbers, and the first of equal ones', async t => {
    const things = await filled('distinct', [
      { _id: '1', n: new Double(1), list: [new Int32(3), new Double(1.5), Long.fromNumber(2)] },
      { _id: '2', n: new Int32(1), list: [] },
      { _id: '3', n: Long.fromNumber(5) },
      { _id: '4', n: new Double(5) },
      { _id: '5', n: Long.fromString('9007199254740993') },
      { _id: '6', n: null, list: [[new Int32(1)], 'x'] },
      { _id: '7' }
    ])
    t.equal(
      typed(await things.distinct('n', {}, exactTypes)),
      typed([new Double(1), Long.fromNumber(5), Long.fromString('9007199254740993'), null])
    )
    // The values of one array are in MongoDB's order of values.
    t.equal(
      typed(await things.distinct('list', {}, exactTypes)),
      typed([new Double(1.5), Long.fromNumber(2), new Int32(3), 'x', [new Int32(1)]])
    )
  })

  t.test('distinct follows paths through arrays', async t => {
    const things = await filled('distinct-paths', [
      { _id: '1', a: [{ b: 1 }, { b: [2, 3] }, 4, [{ b: 5 }]] },
      { _id: '2', a: { b: 6 } },
      { _id: '3', a: [{ 0: 'field' }, { 0: 'other' }] }
    ])
    t.same(await things.distinct('a.b', {}), [1, 2, 3, 6])
    t.same(await things.distinct('a.0', { _id: '3' }), [{ 0: 'field' }], 'a number names an element, not a field')
    t.same(await things.distinct('a.3.b', { _id: '1' }), [5])
  })

  t.test('a count has the type of what is summed', async t => {
    const things = await filled('sums', [{ _id: '1' }, { _id: '2' }])
    const sum = async (one: unknown, id: unknown = null) =>
      typed(await things.aggregate([{ $group: { _id: id, n: { $sum: one } } }], exactTypes).toArray())
    t.equal(await sum(1), typed([{ _id: null, n: new Int32(2) }]))
    t.equal(await sum(Long.fromNumber(1), new Double(1)), typed([{ _id: new Double(1), n: Long.fromNumber(2) }]))
    t.equal(await sum(new Double(1), Long.fromNumber(7)), typed([{ _id: Long.fromNumber(7), n: new Double(2) }]))
    t.equal(typed(await things.aggregate([{ $count: 'all' }], exactTypes).toArray()), typed([{ all: new Int32(2) }]))
    t.same(await things.aggregate([{ $match: { _id: 'none' } }, { $count: 'all' }]).toArray(), [])
  })

  t.test('pipelines of a query give the documents of the query', async t => {
    const things = await filled('pipelines', [
      { _id: 'a', n: new Double(2), o: { x: 1, y: 2 } },
      { _id: 'b', n: new Int32(1) },
      { _id: 'c', n: Long.fromNumber(3) }
    ])
    const run = async (...stages: Document[]) => typed(await things.aggregate(stages, exactTypes).toArray())
    t.equal(
      await run({ $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }),
      typed([{ _id: 'a', n: new Double(2), o: { x: new Int32(1), y: new Int32(2) } }])
    )
    t.equal(await run({ $match: { n: { $gt: 2 } } }), typed([{ _id: 'c', n: Long.fromNumber(3) }]))
    t.equal(
      await run({ $sort: { _id: 1 } }, { $project: { _id: 0, 'o.x': 1 } }),
      typed([{ o: { x: new Int32(1) } }, {}, {}])
    )
    t.equal((await things.aggregate().toArray()).length, 3)
  })

  t.test('projections keep and leave out what they name', async t => {
    const stored = { _id: { p: 1, q: 2 }, a: [{ b: 1, c: 2 }, [{ b: 3, c: 4 }], 5], d: { e: 1, f: 2 }, g: 1 }
    const things = db.collection<Document>('projections')
    await db.command({ insert: 'projections', documents: [stored] })
    const cases: Array<[Document, Document]> = [
      [{ '_id.p': 1 }, { _id: { p: 1 } }],
      [
        { '_id.p': 0, a: 0, d: 0 },
        { _id: { q: 2 }, g: 1 }
      ],
      [
        { _id: 1, a: 0, d: 0 },
        { _id: { p: 1, q: 2 }, g: 1 }
      ],
      [{ _id: 0, 'a.b': 1 }, { a: [{ b: 1 }, [{ b: 3 }]] }],
      [
        { _id: 0, 'a.b': 0, d: 0 },
        { a: [{ c: 2 }, [{ c: 4 }], 5], g: 1 }
      ],
      [{ _id: 0, d: { e: 1 }, 'g.x': 1 }, { d: { e: 1 } }],
      [{ _id: 0, 'd.none': 1 }, { d: {} }]
    ]
    for (const [projection, expected] of cases) {
      t.same(await things.findOne({}, { projection }), expected, JSON.stringify(projection))
      t.same(await things.aggregate([{ $project: projection }]).toArray(), [expected], `$project ${typed(projection)}`)
    }
    await t.rejects(things.findOne({}, { projection: { '_id.p': 1, g: 0 } }), { code: 31254 })
    await t.rejects(things.findOne({}, { projection: { a: {} } }), { code: 51270 })
    await t.rejects(things.findOne({}, { projection: { 'a..b': 1 } }))
  })

  t.test('a hint chooses an index, and does not change what is found', async t => {
    const things = await filled('hints', [{ _id: 'a', n: 2 }, { _id: 'b', n: 1 }, { _id: 'c' }])
    await things.createIndex({ n: 1 })
    const ids = async (filter: Filter<Thing>, hint: Document | string) =>
      (await things.find(filter).hint(hint).toArray()).map(({ _id }) => _id).join('')
    t.equal(await ids({}, { n: 1 }), 'cba')
    t.equal(await ids({ _id: 'a' }, 'n_1'), 'a')
    t.equal(await ids({ n: 1 }, '_id_'), 'b')
    t.equal(await things.countDocuments({ n: { $gt: 0 } }, { hint: 'n_1' }), 2)
    await t.rejects(ids({}, 'none'), { code: 2 })
    await t.rejects(things.deleteMany({}, { hint: { none: 1 } }), { code: 2 })
    await t.rejects(things.findOneAndDelete({}, { hint: { none: 1 } }), { code: 2 })

    await things.createIndex({ m: 1 }, { sparse: true })
    t.equal(await ids({ m: { $gt: 0 } }, 'm_1'), '')
    if (!(await db.command({ buildInfo: 1 })).modules?.includes('ambient')) return
    await t.rejects(ids({}, 'm_1'), { code: 115 }, 'MongoDB would find nothing')
    await t.rejects(things.countDocuments({}, { hint: 'm_1' }), { code: 115 })
    await t.rejects(things.deleteMany({}, { hint: 'm_1' }), { code: 115 })
    t.equal(await things.countDocuments(), 3)
  })
})
