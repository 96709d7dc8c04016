/** Upserts whose result is easy to get wrong in silence, with what MongoDB stores or answers. */
import { BSON, ObjectId, type Document } from 'mongodb'
import t from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

const { EJSON } = BSON

onEachBackend(t, async (t, db, exactly) => {
  if (!exactly) return t.comment('not on the stand-in, which gives other answers')

  const things = db.collection<Thing>('things')

  const typed = (value: unknown) => EJSON.stringify(value, { relaxed: false })

  /** Upserts into an empty collection, and returns the document or the code of the error. */
  async function upserted(query: Document, update: Document): Promise<unknown> {
    await things.deleteMany({})
    const { writeErrors } = await db.command({ update: 'things', updates: [{ q: query, u: update, upsert: true }] })
    return writeErrors?.[0].code ?? (await things.findOne({}))
  }

  // MongoDB's own tests call this "upsert field extraction".
  t.test('an upsert takes the fields for which the query names one value', async t => {
    const updates: Document[] = [{ $set: { s: 1 } }, { $setOnInsert: { s: 1 } }]
    const cases: Array<[Document, Document]> = [
      [{ _id: 1 }, { _id: 1 }],
      [{ _id: { $eq: 1 } }, { _id: 1 }],
      [{ _id: { $in: [1] } }, { _id: 1 }],
      [{ $and: [{ _id: 1 }] }, { _id: 1 }],
      [{ $or: [{ _id: { $eq: 1 } }] }, { _id: 1 }],
      [{ _id: null }, { _id: null }],
      [{ '_id.x': 1, '_id.y': 2 }, { _id: { x: 1, y: 2 } }],
      [
        { _id: 1, x: { $eq: 2, $gt: 0 } },
        { _id: 1, x: 2 }
      ],
      [
        { _id: 1, x: { $in: [2] } },
        { _id: 1, x: 2 }
      ],
      [{ _id: 1, x: { $in: [2, 3] } }, { _id: 1 }],
      [{ _id: 1, x: { $gt: 2 } }, { _id: 1 }],
      [{ _id: 1, x: { $ne: 2 } }, { _id: 1 }],
      [{ _id: 1, x: { $exists: false } }, { _id: 1 }],
      [
        { _id: 1, x: [1, 2] },
        { _id: 1, x: [1, 2] }
      ],
      [
        { _id: 1, x: { 'x.x': 1 } },
        { _id: 1, x: { 'x.x': 1 } }
      ],
      [
        { _id: 1, 'x.x': 1, 'x.y': { $eq: 2 } },
        { _id: 1, x: { x: 1, y: 2 } }
      ],
      [{ _id: 1, $or: [{ x: 1 }, { x: 2 }] }, { _id: 1 }]
    ]
    for (const [query, expected] of cases) {
      for (const update of updates) {
        t.same(await upserted(query, update), { ...expected, s: 1 }, `${typed(query)} ${typed(update)}`)
      }
    }
  })

  t.test('an upsert makes an _id when the query does not name one', async t => {
    for (const query of [
      { _id: { $gt: 1 } },
      { _id: { $in: [1, 2] } },
      { _id: { $ne: 1 } },
      { $or: [{ _id: 1 }, { _id: 2 }] }
    ]) {
      for (const update of [{}, { $set: { s: 1 } }]) {
        t.match(await upserted(query, update), { _id: ObjectId }, `${typed(query)} ${typed(update)}`)
      }
    }
  })

  t.test('a replacement takes only the _id of the query', async t => {
    t.same(await upserted({ _id: 1, x: 1 }, { y: 1 }), { _id: 1, y: 1 })
    t.same(await upserted({ _id: { $in: [1] }, x: 1, 'x.x': 1 }, {}), { _id: 1 })
    t.same(await upserted({ x: 1 }, { _id: 2 }), { _id: 2 })
  })

  t.test('an upsert refuses a query that names several values of a field, and an odd _id', async t => {
    for (const update of [{}, { $set: { s: 1 } }]) {
      const codes = async (query: Document) => t.type(await upserted(query, update), 'number', typed(query))
      await codes({ _id: [1, 2] })
      await codes({ _id: { $eq: [1, 2] } })
      await codes({ $and: [{ _id: 1 }, { _id: 2 }] })
      await codes({ $and: [{ _id: { $eq: 1 } }, { _id: 2 }] })
      await codes({ _id: 1, '_id.x': 1 })
      await codes({ _id: { x: 1 }, '_id.x': 1 })
      t.equal(await things.countDocuments(), 0)
    }
    t.equal(await upserted({ $and: [{ x: 1 }, { x: 2 }] }, { $set: { s: 1 } }), 54)
    t.equal(await upserted({ x: { x: 1 }, 'x.y': 1 }, { $set: { s: 1 } }), 54)
    t.equal(await upserted({ '_id.x': 1, '_id.y': 2 }, {}), 61)
    t.equal(await upserted({ _id: 1 }, { $set: { _id: 2 } }), 66)
    t.equal(await upserted({}, { $set: { _id: [1] } }), 53)
    t.equal(await upserted({}, { _id: { $x: 1 } }), 52)
    const { writeErrors } = await db.command({ insert: 'things', documents: [{ _id: { a: [{ $x: 1 }] } }] })
    t.equal(writeErrors[0].code, 52)
    t.equal(await things.countDocuments(), 0)
  })
})
