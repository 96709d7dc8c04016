import { MongoBulkWriteError } from 'mongodb'
import t from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

/** Returns the error of a bulk write that must fail. */
async function bulkErrorOf(promise: Promise<unknown>): Promise<MongoBulkWriteError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof MongoBulkWriteError) return error
    throw error
  }
  throw new Error('the bulk write should have failed')
}

onEachBackend(t, async (t, db, exactly) => {
  t.test('an ordered batch ends at its first error', async t => {
    const things = db.collection<Thing>('ordered')
    const error = await bulkErrorOf(things.insertMany([{ _id: 'a' }, { _id: 'b' }, { _id: 'a' }, { _id: 'c' }]))
    t.equal(error.code, 11000)
    if (exactly) t.equal(error.result.insertedCount, 2)
    t.same(
      (await things.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id),
      ['a', 'b']
    )
  })

  t.test('an unordered batch writes what it can and reports the other documents', async t => {
    const things = db.collection<Thing>('unordered')
    const error = await bulkErrorOf(
      things.insertMany([{ _id: 'a' }, { _id: 'a' }, { _id: 'b' }, { _id: 'b' }, { _id: 'c' }], { ordered: false })
    )
    if (exactly) t.equal(error.result.insertedCount, 3)
    t.same(
      [error.writeErrors].flat().map(({ index }) => index),
      [1, 3]
    )
    t.equal(await things.countDocuments(), 3)
  })

  t.test('a mixed bulk write counts the results of each kind of statement', async t => {
    const things = db.collection<Thing>('mixed')
    await things.createIndex({ n: 1 }, { unique: true })
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 }
    ])
    const result = await things.bulkWrite([
      { insertOne: { document: { _id: 'c', n: 3 } } },
      { updateOne: { filter: { _id: 'a' }, update: { $set: { n: 10 } } } },
      { updateMany: { filter: { n: { $gte: 2 } }, update: { $set: { seen: true } } } },
      { updateOne: { filter: { _id: 'u' }, update: { $set: { n: 20 } }, upsert: true } },
      { replaceOne: { filter: { _id: 'b' }, replacement: { n: 2, replaced: true } } },
      { deleteOne: { filter: { _id: 'c' } } },
      { deleteMany: { filter: { n: 404 } } }
    ])
    t.match(result, {
      insertedCount: 1,
      matchedCount: 5,
      modifiedCount: 5,
      upsertedCount: 1,
      deletedCount: 1,
      upsertedIds: { 3: 'u' }
    })
    t.same(await things.find().sort({ _id: 1 }).toArray(), [
      { _id: 'a', n: 10, seen: true },
      { _id: 'b', n: 2, replaced: true },
      { _id: 'u', n: 20 }
    ])
  })

  t.test('an unordered bulk write reports each update that a unique index refuses', async t => {
    const things = db.collection<Thing>('partial')
    await things.createIndex({ n: 1 }, { unique: true })
    await things.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 },
      { _id: 'c', n: 3 }
    ])
    const error = await bulkErrorOf(
      things.bulkWrite(
        [
          { updateOne: { filter: { _id: 'a' }, update: { $set: { n: 2 } } } },
          { updateOne: { filter: { _id: 'b' }, update: { $set: { n: 20 } } } },
          { updateOne: { filter: { _id: 'c' }, update: { $set: { n: 20 } } } }
        ],
        { ordered: false }
      )
    )
    t.same(
      [error.writeErrors].flat().map(({ index, code }) => [index, code]),
      [
        [0, 11000],
        [2, 11000]
      ]
    )
    t.same(
      (await things.find().sort({ _id: 1 }).toArray()).map(({ n }) => n),
      [1, 20, 3]
    )
  })

  t.test('thousands of documents are inserted, updated and deleted at once', async t => {
    const things = db.collection<Thing>('thousands')
    await things.insertMany(Array.from({ length: 5000 }, (_, n) => ({ _id: `t${n}`, n })))
    t.equal(await things.countDocuments(), 5000)
    t.equal((await things.updateMany({ n: { $lt: 2500 } }, { $set: { low: true } })).modifiedCount, 2500)
    t.equal((await things.deleteMany({ low: true })).deletedCount, 2500)
    t.equal(await things.countDocuments(), 2500)
  })

  t.test('updateMany changes a document once even if its place in the index moves', async t => {
    const things = db.collection<Thing>('moved')
    await things.createIndex({ n: 1 })
    await things.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: `t${n}`, n })))
    t.equal((await things.updateMany({ n: { $gte: 0 } }, { $inc: { n: 1000 } })).modifiedCount, 300)
    t.equal(await things.countDocuments({ n: { $gte: 1000, $lt: 1300 } }), 300)
  })
})
