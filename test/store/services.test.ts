import fc from 'fast-check'
import type { Filter, Sort } from 'mongodb'
import t from 'tap'
import { onEachBackend, type Thing } from './backends.ts'

interface Show {
  _id: string
  rank: number
  listeners: number
  createdAt: Date
}

/** Returns the query for the shows after one, by ascending rank, descending listeners, descending time, and _id. */
function after({ _id, rank, listeners, createdAt }: Show): Filter<Show> {
  return {
    $or: [
      { rank: { $gt: rank } },
      { rank, listeners: { $lt: listeners } },
      { rank, listeners, createdAt: { $lt: createdAt } },
      { rank, listeners, createdAt, _id: { $gt: _id } }
    ]
  }
}
const order: Sort = { rank: 1, listeners: -1, createdAt: -1, _id: 1 }
const inOrder = (a: Show, b: Show) =>
  a.rank - b.rank ||
  b.listeners - a.listeners ||
  b.createdAt.getTime() - a.createdAt.getTime() ||
  (a._id < b._id ? -1 : 1)

onEachBackend(t, async (t, db) => {
  t.test('pages ordered by several keys with equal values show every document once', async t => {
    const shows = db.collection<Show>('pages')
    await shows.createIndex({ rank: 1, listeners: -1, createdAt: -1, _id: 1 })
    const few = fc.integer({ min: 0, max: 2 })
    const given = fc.uniqueArray(
      fc.record({
        _id: fc.string({ unit: fc.constantFrom('0', '1', 'a', 'b'), minLength: 4, maxLength: 4 }),
        rank: few,
        listeners: few,
        at: few
      }),
      { maxLength: 30, selector: ({ _id }) => _id }
    )
    await t.resolves(
      fc.assert(
        fc.asyncProperty(given, fc.integer({ min: 1, max: 7 }), async (records, limit) => {
          await shows.deleteMany({})
          const all = records.map(({ _id, rank, listeners, at }): Show => ({
            _id,
            rank,
            listeners,
            createdAt: new Date(1000 + at)
          }))
          if (all.length > 0) await shows.insertMany(all)
          const seen: Show[] = []
          for (let page: Show[] = [], first = true; first || page.length > 0; first = false) {
            const last = page.at(-1)
            page = await shows
              .find(last ? { $and: [{ rank: { $gte: 0 } }, after(last)] } : {})
              .sort(order)
              .limit(limit)
              .toArray()
            seen.push(...page)
          }
          return (
            JSON.stringify(seen.map(({ _id }) => _id)) === JSON.stringify(all.toSorted(inOrder).map(({ _id }) => _id))
          )
        }),
        { numRuns: 30 }
      )
    )
  })

  t.test('texts are found by the beginnings of their words', async t => {
    const shows = db.collection<Thing>('words')
    await shows.insertMany(
      [['night', 'music'], ['musical', 'x.y'], ['must'], ['xzy', 'mu'], ['Music']].map((words, n) => ({
        _id: `s${n}`,
        words
      }))
    )
    const ids = async (filter: Filter<Thing>) =>
      (await shows.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id).join(' ')
    for (const when of ['without an index', 'with an index']) {
      t.equal(await ids({ words: { $regex: '^mus' } }), 's0 s1 s2', when)
      t.equal(await ids({ words: { $regex: '^music' } }), 's0 s1', when)
      t.equal(await ids({ $and: [{ words: { $regex: '^nig' } }, { words: { $regex: '^mus' } }] }), 's0', when)
      t.equal(await ids({ words: { $regex: '^x\\.' } }), 's1', when)
      await shows.createIndex({ words: 1 })
    }
  })

  t.test('thousands of ids are found in one query', async t => {
    const users = db.collection<Thing>('ids')
    await users.insertMany(Array.from({ length: 3000 }, (_, n) => ({ _id: `u${n}`, n })))
    const wanted = Array.from({ length: 5000 }, (_, n) => `u${n * 2}`)
    t.equal((await users.find({ _id: { $in: wanted } }, { projection: { n: 1 } }).toArray()).length, 1500)
    t.match(await users.updateMany({ _id: { $in: wanted } }, { $set: { seen: true } }), { modifiedCount: 1500 })
    t.equal(await users.countDocuments({ seen: true }, { limit: 100 }), 100)
    t.match(await users.deleteMany({ _id: { $nin: wanted } }), { deletedCount: 1500 })
  })

  t.test('the first document in an order is changed and returned in part', async t => {
    const jobs = db.collection<Thing>('jobs')
    await jobs.insertMany([
      { _id: 'a', at: 2, tries: 0 },
      { _id: 'b', at: 1, tries: 0 },
      { _id: 'c', at: 1, tries: 0 }
    ])
    const next = () =>
      jobs.findOneAndUpdate(
        { tries: 0 },
        { $inc: { tries: 1 }, $set: { startedAt: new Date(0) } },
        { sort: { at: 1, _id: -1 }, returnDocument: 'after', projection: { tries: 1 } }
      )
    t.same(
      [await next(), await next(), await next(), await next()],
      [{ _id: 'c', tries: 1 }, { _id: 'b', tries: 1 }, { _id: 'a', tries: 1 }, null]
    )
    const made = await jobs.findOneAndUpdate(
      { _id: 'd' },
      { $setOnInsert: { at: 5 }, $inc: { tries: 1 } },
      { upsert: true, sort: { at: 1 }, returnDocument: 'after' }
    )
    t.same(made, { _id: 'd', at: 5, tries: 1 })
    t.same(await jobs.findOneAndDelete({ tries: 1 }, { sort: { at: -1 }, projection: { _id: 1 } }), { _id: 'd' })
  })

  t.test('a person is removed from the lists that contain them', async t => {
    const invitations = db.collection<{ _id: string; acceptedIds: string[]; left: number }>('lists')
    await invitations.insertMany([
      { _id: 'a', acceptedIds: ['x', 'y', 'z'], left: 1 },
      { _id: 'b', acceptedIds: ['y'], left: 0 }
    ])
    t.match(await invitations.updateMany({ acceptedIds: { $in: ['x', 'y'] } }, { $pull: { acceptedIds: 'y' } }), {
      matchedCount: 2,
      modifiedCount: 2
    })
    t.match(
      await invitations.updateOne(
        { _id: 'a', left: { $gt: 0 }, acceptedIds: { $ne: 'w' } },
        { $inc: { left: -1 }, $push: { acceptedIds: 'w' } }
      ),
      { modifiedCount: 1 }
    )
    t.same(await invitations.find().sort({ _id: 1 }).toArray(), [
      { _id: 'a', acceptedIds: ['x', 'z', 'w'], left: 0 },
      { _id: 'b', acceptedIds: [], left: 0 }
    ])
  })

  t.test('names are removed from stored events', async t => {
    const events = db.collection<Thing & { seq: number }>('events')
    await events.createIndex({ showId: 1, 'event.type': 1, seq: 1 })
    await events.insertMany([
      { _id: '1', showId: 's', seq: 1, event: { type: 'floor:granted', userId: 'ann', displayName: 'A' } },
      { _id: '2', showId: 's', seq: 2, event: { type: 'member:removed', userId: 'ann', by: 'bob', ban: true } },
      { _id: '3', showId: 's', seq: 3, event: { type: 'floor:granted', userId: 'eve', displayName: 'E' } },
      { _id: '4', showId: 'other', seq: 1, event: { type: 'floor:granted', userId: 'ann', displayName: 'A' } }
    ])
    t.match(
      await events.updateMany(
        { 'event.userId': 'ann', 'event.displayName': { $exists: true } },
        { $set: { 'event.displayName': '' } }
      ),
      { modifiedCount: 2 }
    )
    t.equal(await events.countDocuments({ 'event.displayName': 'A' }), 0)
    const newest = await events
      .find({ showId: 's', 'event.type': { $in: ['floor:granted', 'member:removed'] }, seq: { $lt: 3 } })
      .sort({ seq: -1 })
      .limit(1)
      .toArray()
    t.same(
      newest.map(({ _id }) => _id),
      ['2']
    )
    t.same((await events.distinct('event.userId', { showId: 's' })).toSorted(), ['ann', 'eve'])
    t.same(await events.distinct('seq', { 'event.type': 'nothing' }), [])
  })
})
