import { Binary, BSONRegExp, Double, Int32, Long, ObjectId, Timestamp, UUID, type Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  t.test('values of all types are found as they were inserted', async t => {
    const things = db.collection('types')
    const document = {
      _id: new ObjectId(),
      text: 'ünï\u0000cödé 🎙',
      whole: 5,
      half: 0.5,
      negativeZero: -0,
      large: Long.fromString('9007199254740993'),
      flag: true,
      nothing: null,
      date: new Date(1234567890123),
      before1970: new Date(-1),
      bytes: new Binary(Buffer.from([0, 1, 255])),
      uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
      pattern: new BSONRegExp('^a', 'i'),
      stamp: new Timestamp({ t: 7, i: 9 }),
      list: [1, 'two', [3, { four: 4 }], {}],
      nested: { deep: { deeper: [] } },
      constructor: 'an ordinary field',
      toString: 1
    }
    await things.insertOne(document)
    const found = await things.findOne({ _id: document._id }, { bsonRegExp: true })
    t.same(found, document)
    t.equal(Object.is(found?.negativeZero, -0), true)
  })

  t.test('numbers keep their BSON type through an update', async t => {
    const things = db.collection('numbers')
    await things.insertOne({ int: new Int32(1), long: Long.fromNumber(1), double: new Double(1), other: 0 })
    await things.updateOne({}, { $set: { other: 1 }, $inc: { long: 1 } })
    const raw = await things.findOne({}, { promoteValues: false })
    t.ok(raw?.int instanceof Int32)
    t.ok(raw?.double instanceof Double)
    t.ok(Long.isLong(raw?.long))
    t.equal(raw?.long.toNumber(), 2)
  })

  t.test('a document without an _id gets one as its first field', async t => {
    const things = db.collection('ids')
    await db.command({ insert: 'ids', documents: [{ a: 1, b: 2 }] })
    const found = await things.findOne({ a: 1 })
    t.ok(found?._id instanceof ObjectId)
    if (exactly) t.same(Object.keys(found ?? {}), ['_id', 'a', 'b'])
  })

  t.test('an _id is unique, whatever the type of its number', async t => {
    const things = db.collection<{ _id: unknown }>('same-ids')
    await things.insertOne({ _id: 1 })
    t.equal(await codeOf(things.insertOne({ _id: 1 })), 11000)
    t.equal(await codeOf(things.insertOne({ _id: new Double(1) })), 11000)
    t.equal(await codeOf(things.insertOne({ _id: Long.fromNumber(1) })), 11000)
    await things.insertOne({ _id: '1' })
    await things.insertOne({ _id: { a: 1, b: 2 } })
    await things.insertOne({ _id: { b: 2, a: 1 } })
    t.equal(await codeOf(things.insertOne({ _id: { a: 1, b: 2 } })), 11000)
    t.equal(await things.countDocuments(), 4)
    t.same(await things.findOne({ _id: { b: 2, a: 1 } }), { _id: { b: 2, a: 1 } })
  })

  t.test('updates report the matched and the changed documents', async t => {
    const things = db.collection<Thing>('updates')
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'c', n: 2 }
    ])
    t.match(await things.updateOne({ _id: 'a' }, { $set: { n: 1 } }), { matchedCount: 1, modifiedCount: 0 })
    t.match(await things.updateOne({ _id: 'none' }, { $set: { n: 1 } }), {
      matchedCount: 0,
      modifiedCount: 0,
      upsertedId: null
    })
    t.match(await things.updateMany({ n: 1 }, { $inc: { n: 10 } }), { matchedCount: 2, modifiedCount: 2 })
    t.same(
      (await things.find().sort({ _id: 1 }).toArray()).map(({ n }) => n),
      [11, 11, 2]
    )
    t.match(await things.replaceOne({ _id: 'c' }, { other: true }), { matchedCount: 1, modifiedCount: 1 })
    t.same(await things.findOne({ _id: 'c' }), { _id: 'c', other: true })
  })

  t.test('an _id cannot be changed', async t => {
    const things = db.collection<Thing>('immutable')
    await things.insertOne({ _id: 'a', n: 1 })
    t.equal(await codeOf(things.updateOne({ _id: 'a' }, { $set: { _id: 'b' } })), 66)
    t.equal(
      await codeOf(
        db
          .command({ update: 'immutable', updates: [{ q: { _id: 'a' }, u: { _id: 'b', n: 2 } }] })
          .then(({ writeErrors }) => {
            throw Object.assign(new Error('refused'), { code: writeErrors?.[0].code })
          })
      ),
      66
    )
    t.same(await things.findOne(), { _id: 'a', n: 1 })
    t.match(await things.updateOne({ _id: 'a' }, { $set: { _id: 'a', n: 3 } }), { modifiedCount: 1 })
  })

  t.test('deletes remove one document or all that match', async t => {
    const things = db.collection<Thing>('deletes')
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'c', n: 1 }
    ])
    t.equal((await things.deleteOne({ n: 1 })).deletedCount, 1)
    t.equal((await things.deleteMany({ n: 1 })).deletedCount, 2)
    t.equal((await things.deleteMany({})).deletedCount, 0)
    t.equal((await db.collection('never-made').deleteMany({})).deletedCount, 0)
  })

  t.test('upserts insert the values of the query and of the update', async t => {
    const things = db.collection<Thing>('upserts')
    const first = await things.updateOne(
      { _id: 'a', kind: { $eq: 'x' }, n: { $gt: 5 } },
      { $set: { 'deep.value': 1 }, $setOnInsert: { born: true } },
      { upsert: true }
    )
    t.match(first, { matchedCount: 0, upsertedCount: 1, upsertedId: 'a' })
    t.same(await things.findOne({ _id: 'a' }), { _id: 'a', kind: 'x', deep: { value: 1 }, born: true })
    const second = await things.updateOne(
      { _id: 'a' },
      { $set: { n: 2 }, $setOnInsert: { born: false } },
      { upsert: true }
    )
    t.match(second, { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 })
    t.equal((await things.findOne({ _id: 'a' }))?.born, true)
    await things.replaceOne({ _id: 'r' }, { whole: 1 }, { upsert: true })
    t.same(await things.findOne({ _id: 'r' }), { _id: 'r', whole: 1 })
  })

  t.test('findOneAnd… returns the document before or after the change', async t => {
    const things = db.collection<Thing>('find-and-modify')
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 }
    ])
    t.same(await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }), { _id: 'a', n: 1 })
    t.same(await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { returnDocument: 'after' }), {
      _id: 'a',
      n: 3
    })
    t.same(
      await things.findOneAndUpdate(
        {},
        { $set: { top: true } },
        { sort: { n: -1 }, returnDocument: 'after', projection: { n: 0 } }
      ),
      { _id: 'a', top: true }
    )
    t.equal(await things.findOneAndUpdate({ _id: 'none' }, { $set: { n: 1 } }), null)
    t.equal(await things.findOneAndUpdate({ _id: 'new' }, { $set: { n: 1 } }, { upsert: true }), null)
    t.same(
      await things.findOneAndUpdate({ _id: 'newer' }, { $set: { n: 1 } }, { upsert: true, returnDocument: 'after' }),
      { _id: 'newer', n: 1 }
    )
    t.same(await things.findOneAndReplace({ _id: 'b' }, { n: 9 }, { returnDocument: 'after' }), { _id: 'b', n: 9 })
    t.same(await things.findOneAndDelete({ _id: 'b' }), { _id: 'b', n: 9 })
    t.equal(await things.findOneAndDelete({ _id: 'b' }), null)
    const withMeta = await things.findOneAndUpdate({ _id: 'a' }, { $set: { n: 1 } }, { includeResultMetadata: true })
    t.match(withMeta, { ok: 1, lastErrorObject: { n: 1, updatedExisting: true } })
  })

  t.test('distinct returns each value once', async t => {
    const things = db.collection<Thing>('counts')
    await things.insertMany([
      { _id: 'a', n: 1, tags: ['x', 'y'] },
      { _id: 'b', n: 1, tags: ['y'] },
      { _id: 'c', n: new Double(1.5), tags: [] },
      { _id: 'd' }
    ])
    t.same(await things.distinct('tags'), ['x', 'y'])
    t.same(await things.distinct('n'), [1, 1.5])
    t.same(await things.distinct('n', { _id: 'c' }), [1.5])
  })

  t.test('projections keep or leave out fields', async t => {
    const things = db.collection<Thing>('projections')
    const list = [
      { x: 1, y: 1 },
      { x: 2, y: 2 },
      { x: 3, y: 3 }
    ]
    await things.insertOne({ _id: 'a', n: 1, deep: { one: 1, two: 2 }, list })
    const projected = async (projection: Document) => await things.findOne({ _id: 'a' }, { projection })
    t.same(await projected({ n: 1 }), { _id: 'a', n: 1 })
    t.same(await projected({ n: true, _id: 0 }), { n: 1 })
    t.same(await projected({ 'deep.one': 1 }), { _id: 'a', deep: { one: 1 } })
    t.same(await projected({ list: 0, deep: 0 }), { _id: 'a', n: 1 })
    t.same(await projected({ 'list.y': 0, deep: 0, _id: 0 }), { n: 1, list: [{ x: 1 }, { x: 2 }, { x: 3 }] })
    t.same(await projected({ 'list.x': 1, _id: 0 }), { list: [{ x: 1 }, { x: 2 }, { x: 3 }] })
    t.ok(await codeOf(projected({ n: 1, deep: 0 })))
  })

  t.test('collections are listed and dropped', async t => {
    await db.collection('to-drop').insertOne({ a: 1 })
    const names = async () => (await db.listCollections().toArray()).map(({ name }) => name)
    t.ok((await names()).includes('to-drop'))
    if (exactly) {
      t.same(await db.listCollections({ name: 'to-drop' }, { nameOnly: true }).toArray(), [
        { name: 'to-drop', type: 'collection' }
      ])
    }
    await db.collection('to-drop').drop()
    t.notOk((await names()).includes('to-drop'))
    t.equal(await db.collection('to-drop').countDocuments(), 0)
    await db.createCollection('made')
    t.equal(await codeOf(db.command({ create: 'made' })), 48)
  })
})
