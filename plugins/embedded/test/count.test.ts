import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db) => {
  const comments = db.collection<Thing>('comments')
  await comments.insertMany([
    { _id: '1', show: 's', author: 'ann', likes: 3 },
    { _id: '2', show: 's', author: 'bob', likes: 1 },
    { _id: '3', show: 's', author: 'ann', likes: 4 },
    { _id: '4', show: 't', author: 'eve', likes: 0 }
  ])

  t.test('countDocuments counts all documents, those of a query, and a window of them', async t => {
    t.equal(await comments.countDocuments(), 4)
    t.equal(await comments.countDocuments({ show: 's' }), 3)
    t.equal(await comments.countDocuments({ show: 's', likes: { $gt: 1 } }), 2)
    t.equal(await comments.countDocuments({ show: 'nowhere' }), 0)
    t.equal(await comments.countDocuments({ show: 's' }, { skip: 1 }), 2)
    t.equal(await comments.countDocuments({}, { skip: 1, limit: 2 }), 2)
    t.equal(await comments.countDocuments({}, { skip: 4 }), 0)
    t.equal(await db.collection('nowhere').countDocuments(), 0)
  })

  t.test('the pipeline of countDocuments has one document as its result, or none', async t => {
    const run = async (match: object) =>
      await comments.aggregate([{ $match: match }, { $group: { _id: 1, n: { $sum: 1 } } }]).toArray()
    t.same(await run({ show: 's' }), [{ _id: 1, n: 3 }])
    t.same(await run({ show: 'nowhere' }), [])
  })

  t.test('an index does not change a count', async t => {
    await comments.createIndex({ show: 1, likes: 1 })
    t.equal(await comments.countDocuments({ show: 's' }), 3)
    t.equal(await comments.countDocuments({ show: 's', likes: { $gte: 1, $lt: 4 } }), 2)
    t.equal(await comments.countDocuments({ show: 's' }, { skip: 2, limit: 5 }), 1)
  })

  t.test('documents are counted by a field whose values the filter names', async t => {
    const byShow = [
      { $match: { show: { $in: ['s', 't', 's', 'nowhere'] } } },
      { $group: { _id: '$show', n: { $sum: 1 } } }
    ]
    const sorted = async (name: string) =>
      (await db.collection(name).aggregate(byShow).toArray()).sort((a, b) => String(a._id).localeCompare(String(b._id)))
    t.same(await sorted('comments'), [
      { _id: 's', n: 3 },
      { _id: 't', n: 1 }
    ])
    t.same(await sorted('nowhere'), [])
  })

  t.test('a wrong stage is refused', async t => {
    for (const stage of [{ $foo: 1 }, { $group: { n: { $sum: 1 } } }, { $skip: -1 }, {}]) {
      const pipeline = [stage, { $group: { _id: 1, n: { $sum: 1 } } }]
      t.ok(await codeOf(comments.aggregate(pipeline).toArray()), JSON.stringify(stage))
    }
  })
})
