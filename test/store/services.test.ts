import fc from 'fast-check'
import type { Document, Filter, Sort } from 'mongodb'
import t from 'tap'
import { onEachBackend } from './backends.ts'

interface Thing extends Document {
  _id: string
}
interface Show {
  _id: string
  rank: number
  listeners: number
  createdAt: Date
}

/** What comes after a show in the order: rank up, listeners down, newest first, then by _id. */
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

onEachBackend(t, async (t, db, exactly) => {
  t.test('pages over several keys with equal values show everything once, whatever their length', async t => {
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

  t.test('words somebody typed are looked for as they stand, in any case', async t => {
    const shows = db.collection<Thing>('search')
    const titles = ['C++ (live) [a.b*c]', 'Jazz & Köln', 'a^b$c|d?', '100 % {real} \\o/', 'plain']
    await shows.insertMany(titles.map((title, n) => ({ _id: `s${n}`, title })))
    for (const [n, title] of titles.entries()) {
      const $regex = title.toUpperCase().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      t.same(
        (await shows.find({ title: { $regex, $options: 'i' } }).toArray()).map(({ _id }) => _id),
        [`s${n}`],
        title
      )
    }
  })

  t.test('texts are found by how their words begin', async t => {
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
      t.equal(await ids({ words: /^music/ }), 's0 s1', when)
      t.equal(await ids({ $and: [{ words: { $regex: '^nig' } }, { words: { $regex: '^mus' } }] }), 's0', when)
      t.equal(await ids({ words: { $regex: '^x\\.' } }), 's1', when)
      t.equal(await ids({ words: { $regex: '^music', $options: 'i' } }), 's0 s1 s4', when)
      await shows.createIndex({ words: 1 })
    }
  })

  t.test('thousands of ids are asked for at once', async t => {
    const users = db.collection<Thing>('ids')
    await users.insertMany(Array.from({ length: 3000 }, (_, n) => ({ _id: `u${n}`, n })))
    const wanted = Array.from({ length: 5000 }, (_, n) => `u${n * 2}`)
    t.equal((await users.find({ _id: { $in: wanted } }, { projection: { n: 1 } }).toArray()).length, 1500)
    t.match(await users.updateMany({ _id: { $in: wanted } }, { $set: { seen: true } }), { modifiedCount: 1500 })
    t.equal(await users.countDocuments({ seen: true }, { limit: 100 }), 100)
    t.match(await users.deleteMany({ _id: { $nin: wanted } }), { deletedCount: 1500 })
  })

  t.test('one of many is chosen by an order, changed, and shown in part', async t => {
    const jobs = db.collection<Thing>('jobs')
    await jobs.insertMany([
      { _id: 'a', at: 2, tries: 0 },
      { _id: 'b', at: 1, tries: 0 },
      { _id: 'c', at: 1, tries: 0 }
    ])
    const next = () =>
      jobs.findOneAndUpdate(
        { tries: 0 },
        { $inc: { tries: 1 }, $currentDate: { startedAt: true } },
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

  t.test('lists are cleaned of what many hold', async t => {
    const rooms = db.collection<{ _id: string; ids: string[]; people: Array<{ id: string; n: number }> }>('lists')
    await rooms.insertMany([
      {
        _id: 'a',
        ids: ['x', 'y', 'z'],
        people: [
          { id: 'x', n: 1 },
          { id: 'y', n: 2 }
        ]
      },
      { _id: 'b', ids: ['y'], people: [] }
    ])
    t.match(
      await rooms.updateMany(
        { ids: { $in: ['x', 'y'] } },
        { $pull: { ids: { $in: ['x', 'y'] }, people: { id: 'x' } } }
      ),
      { matchedCount: 2, modifiedCount: 2 }
    )
    t.same(await rooms.find().sort({ _id: 1 }).toArray(), [
      { _id: 'a', ids: ['z'], people: [{ id: 'y', n: 2 }] },
      { _id: 'b', ids: [], people: [] }
    ])
    await rooms.updateOne({ _id: 'b' }, { $addToSet: { ids: { $each: ['p', 'q', 'p'] } } })
    t.same((await rooms.findOne({ _id: 'b' }))?.ids, ['p', 'q'])
    await rooms.updateMany(
      { 'people.id': 'y' },
      { $set: { 'people.$[who].n': 0 } },
      { arrayFilters: [{ 'who.id': 'y' }] }
    )
    t.same((await rooms.findOne({ _id: 'a' }))?.people, [{ id: 'y', n: 0 }])
  })

  t.test('names inside stored events are taken out wherever they are', async t => {
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

  t.test('people and what they did are brought together', async t => {
    const [follows, users] = [db.collection<Thing>('follows'), db.collection<Thing>('people')]
    await follows.createIndex({ to: 1, createdAt: -1, _id: -1 })
    await users.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: `u${n}`, name: `N${n}` })))
    await follows.insertMany(
      Array.from({ length: 50 }, (_, n) => ({
        _id: `f${n}`,
        from: `u${n}`,
        to: n % 2 === 0 ? 'ann' : 'bob',
        createdAt: new Date(Math.floor(n / 10))
      }))
    )
    const page = await follows
      .aggregate([
        { $match: { to: 'ann', createdAt: { $lt: new Date(4) } } },
        { $sort: { createdAt: -1, _id: -1 } },
        { $limit: 3 },
        { $lookup: { from: 'people', localField: 'from', foreignField: '_id', as: 'who' } },
        { $unwind: '$who' },
        { $project: { _id: 0, from: 1, name: '$who.name' } }
      ])
      .toArray()
    t.same(page, [
      { from: 'u38', name: 'N38' },
      { from: 'u36', name: 'N36' },
      { from: 'u34', name: 'N34' }
    ])
    const counts = await follows
      .aggregate([
        { $group: { _id: '$to', n: { $sum: 1 }, last: { $max: '$createdAt' } } },
        { $sort: { n: -1, _id: 1 } }
      ])
      .toArray()
    t.same(counts, [
      { _id: 'ann', n: 25, last: new Date(4) },
      { _id: 'bob', n: 25, last: new Date(4) }
    ])
    t.same(await follows.aggregate([{ $match: { to: 'ann' } }, { $count: 'followers' }]).toArray(), [{ followers: 25 }])
  })

  t.test('an index that lets things expire is kept as it was made', async t => {
    const codes = db.collection<Thing>('codes')
    await codes.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
    await codes.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
    const made = (await codes.indexes()).filter(({ name }) => name !== '_id_')
    t.match(made[0], { key: { expiresAt: 1 }, expireAfterSeconds: 0 })
    if (exactly) t.equal(made.length, 1)
  })
})
