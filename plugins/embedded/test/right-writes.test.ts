/** Writes whose result is easy to get wrong in silence, with what MongoDB stores or answers. */
import { BSON, Double, Int32, Long, Timestamp, type Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

const { EJSON } = BSON

onEachBackend(t, async (t, db, exactly) => {
  if (!exactly) return t.comment('not on the stand-in, which gives other answers')

  const things = db.collection<Thing>('things')

  /** Returns the stored document with the BSON types of its numbers and the order of its fields. */
  async function stored(): Promise<string> {
    return EJSON.stringify(await things.findOne({}, { promoteValues: false }), { relaxed: false })
  }

  const typed = (value: unknown) => EJSON.stringify(value, { relaxed: false })

  t.test('an update adds new fields in the order of their names', async t => {
    await things.deleteMany({})
    await db.command({ insert: 'things', documents: [{ _id: 'x', m: 1 }] })
    const u = { $set: { z: 1, 'o.b': 1, 'o.a': 1, c: 1 }, $inc: { d: 1, a: 1 }, $push: { b: 1 } }
    await db.command({ update: 'things', updates: [{ q: {}, u }] })
    t.equal(Object.keys((await things.findOne({})) ?? {}).join(), '_id,m,a,b,c,d,o,z')
    t.equal(Object.keys((await things.findOne({}))?.o).join(), 'a,b')
  })

  t.test('sums keep 64 bits and the type of their parts', async t => {
    await things.deleteMany({})
    const before = {
      _id: 'x',
      a: Long.fromString('9007199254740993'),
      b: new Int32(2147483647),
      c: new Double(1),
      d: Long.MAX_VALUE,
      e: new Int32(-2147483648)
    }
    await db.command({ insert: 'things', documents: [before] })
    await things.updateOne(
      {},
      { $inc: { a: new Int32(1), b: new Int32(1), c: new Int32(1), e: new Int32(-1), f: Long.fromNumber(3) } }
    )
    t.equal(
      await stored(),
      typed({
        _id: 'x',
        a: Long.fromString('9007199254740994'),
        b: Long.fromNumber(2147483648),
        c: new Double(2),
        d: Long.MAX_VALUE,
        e: Long.fromNumber(-2147483649),
        f: Long.fromNumber(3)
      })
    )
    t.equal(await codeOf(things.updateOne({}, { $inc: { d: 1 } })), 2, 'a sum beyond 64 bits')
  })

  t.test('array filters choose the elements that an update changes', async t => {
    const cases: Array<[before: unknown, update: Document, arrayFilters: Document[] | undefined, after: unknown]> = [
      [[1, 2, 3], { $set: { 'y.$[i]': 0 } }, [{ i: { $gte: 2 } }], [1, 0, 0]],
      [[1, 2], { $inc: { 'y.$[]': 1 } }, undefined, [2, 3]],
      [[1, 2], { $unset: { 'y.$[i]': '' } }, [{ i: 2 }], [1, null]],
      [[{ b: 1 }, { b: 3 }], { $set: { 'y.$[i].b': 2, 'y.$[i].c': 1 } }, [{ 'i.b': 3 }], [{ b: 1 }, { b: 2, c: 1 }]],
      [[{ b: 1 }], { $set: { 'y.$[i].b': 2 } }, [{ 'i.b': 9 }], [{ b: 1 }]],
      [[[1, 5], [9]], { $set: { 'y.$[i]': 0 } }, [{ i: 5 }], [0, [9]]],
      [[[1, 5], [9]], { $max: { 'y.$[].$[j]': 6 } }, [{ j: { $lt: 9 } }], [[6, 6], [9]]],
      [
        [
          { b: 5, c: [{ d: 1 }, { d: 2 }] },
          { b: 4, c: [{ d: 1 }] }
        ],
        { $set: { 'y.$[i].c.$[j].d': 0 } },
        [{ 'i.b': 5 }, { 'j.d': 1 }],
        [
          { b: 5, c: [{ d: 0 }, { d: 2 }] },
          { b: 4, c: [{ d: 1 }] }
        ]
      ],
      [[{ l: [1] }, {}], { $push: { 'y.$[i].l': 2 } }, [{ 'i.l': { $exists: true } }], [{ l: [1, 2] }, {}]]
    ]
    for (const [y, u, arrayFilters, after] of cases) {
      await things.deleteMany({})
      await things.insertOne({ _id: 'x', y })
      const { n, writeErrors } = await db.command({ update: 'things', updates: [{ q: {}, u, arrayFilters }] })
      t.match({ n, writeErrors }, { n: 1, writeErrors: undefined })
      t.same(await things.findOne({}), { _id: 'x', y: after }, typed([u, arrayFilters]))
    }
    await things.insertOne({ _id: 'y', y: 1 })
    const update = { q: { _id: 'y' }, u: { $set: { 'y.$[]': 1 } } }
    t.match((await db.command({ update: 'things', updates: [update] })).writeErrors, [{ code: 2 }])
    for (const path of ['none.$[]', 'y.0.$[]', 'none.z.$[].b']) {
      t.equal(await codeOf(things.updateOne({ _id: 'y' }, { $unset: { [path]: '' } })), 2, path)
    }
    t.equal(await codeOf(things.updateOne({ _id: 'z' }, { $set: { 'y.$[]': 1 } }, { upsert: true })), 2)
    t.equal(await things.countDocuments(), 2)
  })

  t.test('a statement that fails at one of several documents is not counted', async t => {
    await things.deleteMany({})
    await things.insertMany([
      { _id: '1', a: 1 },
      { _id: '2', a: 'text' }
    ])
    const update = { q: {}, u: { $inc: { a: 1 } }, multi: true }
    const { n, nModified, writeErrors } = await db.command({ update: 'things', updates: [update] })
    t.match({ n, nModified, code: writeErrors[0].code }, { n: 0, nModified: 0, code: 14 })
  })

  t.test('an _id of null is kept', async t => {
    await things.deleteMany({})
    await db.command({ insert: 'things', documents: [{ _id: null }] })
    t.same(
      await db.command({ find: 'things', filter: { _id: { $type: 'null' } } }).then(({ cursor }) => cursor.firstBatch),
      [{ _id: null }]
    )
    await db.command({ update: 'things', updates: [{ q: { _id: null }, u: { a: 1 } }] })
    t.match(await things.findOne({ a: 1 }), { _id: null })
  })

  t.test('flags of statements are booleans', async t => {
    for (const flag of ['multi', 'upsert']) {
      const command = { update: 'things', updates: [{ q: {}, u: { $set: { a: 1 } }, [flag]: 1 }] }
      const { writeErrors } = await db.command(command).catch(({ code }) => ({ writeErrors: [{ code }] }))
      t.equal(writeErrors[0].code, 14, flag)
    }
  })

  t.test('a write concern or read concern that one node cannot fulfil is refused before the write', async t => {
    const { setName } = await db.command({ hello: 1 })
    if (setName) return t.comment('not on a replica set')
    await things.deleteMany({})
    for (const w of [2, 3, 'dc1', { dc: 1 }, -1, 51]) {
      const command = { insert: 'things', documents: [{ a: 1 }], writeConcern: { w } }
      t.match(await codeOf(db.command(command)), /^[29]$/, typed(w))
    }
    t.equal(await codeOf(things.deleteMany({}, { writeConcern: { w: 3 } })), 2)
    t.equal(await codeOf(db.createCollection('more', { writeConcern: { w: 3 } })), 2)
    t.ok(await codeOf(db.command({ find: 'things', readConcern: { level: 'snapshot' } })))
    t.equal(await things.countDocuments(), 0)
    for (const w of [0, 1, 'majority'] as const) {
      await things.insertOne({ _id: String(w) }, { writeConcern: { w, journal: w !== 0 } })
    }
    t.equal(await things.countDocuments({}, { readConcern: { level: 'majority' } }), 3)
  })

  t.test('the error of a duplicate key has the key, with its types', async t => {
    const unique = db.collection<Document>('unique')
    await unique.createIndex({ list: 1, n: 1 }, { unique: true })
    await unique.insertOne({ list: [1, 2], n: Long.fromNumber(5) })
    const command = { insert: 'unique', documents: [{ list: [new Double(2), 3], n: new Double(5) }] }
    const { writeErrors } = await db.command(command, { promoteValues: false })
    t.equal(typed(writeErrors[0].keyValue), typed({ list: new Double(2), n: new Double(5) }))
    t.equal(typed(writeErrors[0].keyPattern), typed({ list: new Int32(1), n: new Int32(1) }))
  })

  t.test('what JavaScript objects cannot hold is refused, and changes nothing', async t => {
    if (!(await db.command({ buildInfo: 1 })).modules?.includes('ambient')) return
    await things.deleteMany({})
    const refused: Array<[string, Document]> = [
      [
        'behind others',
        {
          _id: 1,
          a: new Map([
            ['x', 1],
            ['1', 2]
          ])
        }
      ],
      [
        'DBRef',
        {
          _id: 1,
          a: new Map<string, unknown>([
            ['$id', 1],
            ['$ref', 'x']
          ])
        }
      ],
      ['DBRef', { _id: 1, a: { $ref: 'x.y', $id: 1 } }],
      ['empty timestamp', { _id: 1, a: new Timestamp(0n) }]
    ]
    for (const [feature, document] of refused) {
      const command = { insert: 'things', documents: [document] }
      const error: unknown = await db.command(command).then(
        ({ writeErrors }) => writeErrors?.[0],
        reason => reason
      )
      t.match(error, { code: 115 }, feature)
      t.match(JSON.stringify(error) + String(error), feature)
    }
    t.equal(
      await codeOf(
        db.command({
          find: 'things',
          filter: new Map([
            ['a', 1],
            ['1', 2]
          ])
        })
      ),
      115
    )
    t.equal(await things.countDocuments(), 0)

    // Names that are numbers are before others in JavaScript. The stored document begins with `_id` anyway.
    await db.command({ insert: 'things', documents: [{ 2: 'b', 1: 'a', _id: 'x', c: { 7: 1 } }] })
    await things.updateOne({}, { $set: { d: 1 } })
    const [raw] = await db.collection<Buffer>('things').find({}, { raw: true }).toArray()
    const inOrder = new Map<string, unknown>([
      ['_id', 'x'],
      ['1', 'a'],
      ['2', 'b'],
      ['c', { 7: 1 }],
      ['d', 1]
    ])
    t.equal(Buffer.from(raw ?? []).toString('hex'), Buffer.from(BSON.serialize(inOrder)).toString('hex'))
  })
})
