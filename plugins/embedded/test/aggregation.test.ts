import type { Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend } from './backends.ts'

interface Thing extends Document {
  _id: string
}

onEachBackend(t, async (t, db, exactly) => {
  const comments = db.collection<Thing>('comments')
  const users = db.collection<Thing>('users')
  await users.insertMany([
    { _id: 'ann', name: 'A', groups: ['g1', 'g2'] },
    { _id: 'bob', name: 'B', groups: [] },
    { _id: 'eve', name: 'E' }
  ])
  await comments.insertMany([
    { _id: '1', show: 's', author: 'ann', likes: 3, tags: ['x', 'y'] },
    { _id: '2', show: 's', author: 'bob', likes: 1, tags: [] },
    { _id: '3', show: 's', author: 'ann', likes: 4 },
    { _id: '4', show: 't', author: 'gone', likes: 0, tags: ['x'] }
  ])
  const run = async (...pipeline: Document[]) => await comments.aggregate(pipeline).toArray()

  t.test('$match, $sort, $skip, $limit', async t => {
    t.same(
      (await run({ $match: { show: 's' } }, { $sort: { likes: -1 } }, { $limit: 2 })).map(({ _id }) => _id),
      ['3', '1']
    )
    t.same(
      (await run({ $sort: { _id: 1 } }, { $skip: 1 }, { $limit: 2 })).map(({ _id }) => _id),
      ['2', '3']
    )
    t.same(
      (await run({ $sort: { _id: 1 } }, { $limit: 3 }, { $match: { author: 'ann' } })).map(({ _id }) => _id),
      ['1', '3']
    )
    t.equal((await run()).length, 4)
  })

  t.test('$group', async t => {
    const byAuthor = await run(
      {
        $group: {
          _id: '$author',
          count: { $sum: 1 },
          likes: { $sum: '$likes' },
          best: { $max: '$likes' },
          mean: { $avg: '$likes' },
          ids: { $push: '$_id' }
        }
      },
      { $sort: { _id: 1 } }
    )
    t.same(byAuthor, [
      { _id: 'ann', count: 2, likes: 7, best: 4, mean: 3.5, ids: ['1', '3'] },
      { _id: 'bob', count: 1, likes: 1, best: 1, mean: 1, ids: ['2'] },
      { _id: 'gone', count: 1, likes: 0, best: 0, mean: 0, ids: ['4'] }
    ])
    t.same(
      await run({ $group: { _id: null, n: { $sum: 1 }, shows: { $addToSet: '$show' } } }, { $project: { n: 1 } }),
      [{ _id: null, n: 4 }]
    )
    t.same(await run({ $group: { _id: { show: '$show', author: '$author' }, n: { $sum: 1 } } }, { $match: { n: 2 } }), [
      { _id: { show: 's', author: 'ann' }, n: 2 }
    ])
    t.same(await run({ $match: { show: 'nowhere' } }, { $group: { _id: null, n: { $sum: 1 } } }), [])
    t.same(
      await run(
        { $sort: { likes: 1 } },
        { $group: { _id: '$show', first: { $first: '$_id' }, last: { $last: '$_id' } } },
        { $sort: { _id: 1 } }
      ),
      [
        { _id: 's', first: '2', last: '3' },
        { _id: 't', first: '4', last: '4' }
      ]
    )
  })

  t.test('$lookup and $unwind', async t => {
    const withAuthor = await run(
      { $match: { show: { $in: ['s', 't'] } } },
      { $sort: { _id: 1 } },
      { $lookup: { from: 'users', localField: 'author', foreignField: '_id', as: 'who' } },
      { $project: { likes: 1, who: 1 } }
    )
    t.match(withAuthor, [
      { _id: '1', likes: 3, who: [{ name: 'A' }] },
      { _id: '2', likes: 1, who: [{ name: 'B' }] },
      { _id: '3', likes: 4, who: [{ name: 'A' }] },
      { _id: '4', likes: 0, who: [] }
    ])
    if (exactly) {
      t.same(
        await run(
          { $match: { _id: '1' } },
          { $lookup: { from: 'users', localField: 'author', foreignField: '_id', as: 'who' } },
          { $project: { 'who.name': 1 } }
        ),
        [{ _id: '1', who: [{ name: 'A' }] }]
      )
    }
    t.same(
      (
        await run(
          { $sort: { _id: 1 } },
          { $lookup: { from: 'users', localField: 'author', foreignField: '_id', as: 'who' } },
          { $unwind: '$who' }
        )
      ).length,
      3
    )
    const groups = await users
      .aggregate([
        { $sort: { _id: 1 } },
        { $unwind: { path: '$groups', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at' } },
        { $project: { groups: 1, at: 1 } }
      ])
      .toArray()
    t.same(
      groups.map(({ _id, groups, at }) => [_id, groups, at === null ? null : Number(at)]),
      [
        ['ann', 'g1', 0],
        ['ann', 'g2', 1],
        ['bob', undefined, null],
        ['eve', undefined, null]
      ]
    )
    t.same(
      await run({ $unwind: '$tags' }, { $group: { _id: '$tags', n: { $sum: 1 } } }, { $sort: { n: -1, _id: 1 } }),
      [
        { _id: 'x', n: 2 },
        { _id: 'y', n: 1 }
      ]
    )
    const noted = await users
      .aggregate([
        { $lookup: { from: 'comments', localField: '_id', foreignField: 'author', as: 'said' } },
        { $match: { said: { $size: 2 } } }
      ])
      .toArray()
    t.equal(noted[0]?._id, 'ann')
  })

  t.test('$project, $addFields and $set compute', async t => {
    t.same(
      await run(
        { $match: { _id: '1' } },
        { $project: { _id: 0, twice: { $multiply: ['$likes', 2] }, count: { $size: '$tags' }, author: 1 } }
      ),
      [{ twice: 6, count: 2, author: 'ann' }]
    )
    t.same(await run({ $match: { _id: '1' } }, { $project: { tags: 0, show: 0 } }), [
      { _id: '1', author: 'ann', likes: 3 }
    ])
    t.same(
      await run(
        { $match: { _id: '2' } },
        { $addFields: { liked: { $gt: ['$likes', 0] }, text: { $concat: ['$show', '-', '$author'] } } },
        { $project: { liked: 1, text: 1 } }
      ),
      [{ _id: '2', liked: true, text: 's-bob' }]
    )
    if (exactly) {
      t.same(
        await run(
          { $match: { _id: '2' } },
          { $set: { 'deep.text': { $concat: ['$show', '-'] } } },
          { $project: { deep: 1 } }
        ),
        [{ _id: '2', deep: { text: 's-' } }]
      )
    }
    t.same(
      await run(
        { $match: { _id: '2' } },
        { $addFields: { label: { $ifNull: ['$missing', 'none'] } } },
        { $project: { label: 1 } }
      ),
      [{ _id: '2', label: 'none' }]
    )
    t.same(
      await run({ $match: { _id: '4' } }, { $project: { kind: { $cond: [{ $eq: ['$likes', 0] }, 'cold', 'warm'] } } }),
      [{ _id: '4', kind: 'cold' }]
    )
  })

  t.test('$count', async t => {
    t.same(await run({ $match: { show: 's' } }, { $count: 'n' }), [{ n: 3 }])
    t.same(await run({ $match: { show: 'x' } }, { $count: 'n' }), [])
  })

  t.test('a long result comes in batches', async t => {
    const many = db.collection('many')
    await many.insertMany(Array.from({ length: 1000 }, (_, n) => ({ n })))
    t.equal(
      (await many.aggregate([{ $project: { _id: 0, twice: { $multiply: ['$n', 2] } } }], { batchSize: 70 }).toArray())
        .length,
      1000
    )
  })

  t.test('what is not known is refused, also where there is no document', async t => {
    const empty = db.collection('empty')
    for (const stage of [{ $foo: 1 }, { $group: { n: { $sum: 1 } } }, { $project: { a: 1, b: 0 } }]) {
      t.ok(await codeOf(comments.aggregate([stage]).toArray()), JSON.stringify(stage))
      if (exactly) t.ok(await codeOf(empty.aggregate([stage]).toArray()), JSON.stringify(stage))
    }
    if (!exactly) return
    for (const stage of [
      { $limit: 0 },
      { $project: { a: { $foo: 1 } } },
      { $group: { _id: null, n: { $foo: 1 } } },
      { $match: { a: { $foo: 1 } } }
    ]) {
      t.ok(await codeOf(empty.aggregate([stage]).toArray()), JSON.stringify(stage))
    }
  })
})
