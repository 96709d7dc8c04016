import { MongoClient, type Document } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend } from './backends.ts'

interface Thing extends Document {
  _id: string
}
interface Lists {
  _id: string
  sum: number
  least: number
  most?: number
  tags: number[]
  last: number[]
  taken: number[]
}
interface Session {
  _id: string
  tokenHash: string
  usedHashes: string[]
  revokedAt: Date | null
  expiresAt: Date
  by?: number
}

const many = 64
const all = <Result>(act: (n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: many }, (_, n) => act(n)))

onEachBackend(t, async (t, db, exactly, url) => {
  t.test('a state that many leave is left once: its guard holds', async t => {
    const shows = db.collection<Thing>('left')
    await shows.insertOne({ _id: 's', status: 'scheduled', version: 1 })
    const results = await all(n =>
      shows.findOneAndUpdate(
        { _id: 's', status: 'scheduled' },
        { $set: { status: 'live', by: n }, $inc: { version: 1 } },
        { returnDocument: 'after' }
      )
    )
    const won = results.flatMap((each, n) => (each ? [n] : []))
    t.equal(won.length, 1)
    t.same(await shows.findOne(), { _id: 's', status: 'live', version: 2, by: won[0] })
  })

  t.test('of many documents one may have a value of a sparse unique index, and another after it', async t => {
    const shows = db.collection<Thing>('sparse-claims')
    await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })
    await shows.insertMany(Array.from({ length: many }, (_, n) => ({ _id: `s${n}` })))
    for (let round = 0; round < 3; round++) {
      const codes = await all(n => codeOf(shows.findOneAndUpdate({ _id: `s${n}` }, { $set: { liveCreatorId: 'ann' } })))
      t.equal(codes.filter(code => code === undefined).length, 1)
      t.equal(codes.filter(code => code === 11000).length, many - 1)
      t.equal(await shows.countDocuments({ liveCreatorId: 'ann' }), 1)
      t.match(await shows.updateMany({ liveCreatorId: 'ann' }, { $unset: { liveCreatorId: '' } }), { modifiedCount: 1 })
    }
    await shows.deleteMany({})
    const inserted = await all(n =>
      codeOf(shows.insertOne(n % 2 === 0 ? { _id: `i${n}`, liveCreatorId: 'ann' } : { _id: `i${n}` }))
    )
    t.equal(inserted.filter(code => code === undefined).length, many / 2 + 1)
  })

  t.test('many findOneAndUpdate with upsert on one unique key meet in one document', async t => {
    const comments = db.collection<Thing>('upserted')
    await comments.createIndex({ showId: 1, authorId: 1, clientId: 1 }, { unique: true })
    const key = { showId: 's', authorId: 'ann', clientId: 'c' }
    const send = (n: number) =>
      comments.findOneAndUpdate(
        key,
        { $setOnInsert: { _id: `c${n}`, text: `text ${n}` } },
        { upsert: true, returnDocument: 'after' }
      )
    // MongoDB may tell one of two that race; who asks again then gets the other's.
    const results = await all(n =>
      send(n).catch(async (error: unknown) =>
        (await codeOf(Promise.reject(error))) === 11000 ? await send(n) : Promise.reject(error)
      )
    )
    t.equal(new Set(results.map(each => `${each?._id} ${each?.text}`)).size, 1)
    t.equal(await comments.countDocuments(), 1)
  })

  t.test('a batch of inserts that meets others in part does the rest', async t => {
    const comments = db.collection<Thing>('batches')
    await comments.createIndex({ key: 1 }, { unique: true })
    await all(async n => {
      const documents = Array.from({ length: 10 }, (_, part) => ({ _id: `${n}-${part}`, key: (n % 8) * 10 + part }))
      const code = await codeOf(comments.insertMany(documents, { ordered: false }))
      if (code !== undefined && code !== 11000) t.fail(`code ${String(code)}`)
    })
    t.equal(await comments.countDocuments(), 80)
    t.equal((await comments.distinct('key')).length, 80)
  })

  t.test('sets, lists, sums and extremes made by many are complete', async t => {
    const things = db.collection<Lists>('made-by-many')
    await things.insertOne({
      _id: 'x',
      sum: 0,
      least: 1000,
      tags: [],
      last: [],
      taken: Array.from({ length: many }, (_, n) => n)
    })
    await all(async n => {
      await things.updateOne(
        { _id: 'x' },
        {
          $addToSet: { tags: n % 16 },
          $push: { last: { $each: [n], $slice: -10 } },
          $inc: { sum: n },
          $max: { most: n },
          $min: { least: n }
        }
      )
      await things.updateOne({ _id: 'x' }, { $pull: { taken: n } })
    })
    const { tags = [], last = [], ...rest } = (await things.findOne({ _id: 'x' })) ?? {}
    t.same(rest, { _id: 'x', sum: (many * (many - 1)) / 2, most: many - 1, least: 0, taken: [] })
    t.same(
      tags.toSorted((a, b) => a - b),
      Array.from({ length: 16 }, (_, n) => n)
    )
    t.equal(new Set(last).size, 10)
  })

  t.test('of a queue everything is taken once, in order, by workers with clients of their own', async t => {
    const queue = db.collection<Thing>('queue')
    await queue.insertMany(Array.from({ length: 100 }, (_, n) => ({ _id: `q${n}`, at: n })))
    const clients = await Promise.all(Array.from({ length: 4 }, () => MongoClient.connect(url)))
    const taken = await Promise.all(
      clients.map(async client => {
        const mine: number[] = []
        const jobs = client.db(db.databaseName).collection<Thing>('queue')
        for (
          let job = await jobs.findOneAndDelete({}, { sort: { at: 1 } });
          job;
          job = await jobs.findOneAndDelete({}, { sort: { at: 1 } })
        ) {
          mine.push(Number(job.at))
        }
        await client.close()
        return mine
      })
    )
    // The stand-in chooses and removes in two steps, and answers null to who comes between them.
    if (exactly) {
      t.same(
        taken.flat().toSorted((a, b) => a - b),
        Array.from({ length: 100 }, (_, n) => n)
      )
    }
    t.equal(new Set(taken.flat()).size, taken.flat().length)
    for (const mine of taken) {
      t.same(
        mine,
        mine.toSorted((a, b) => a - b)
      )
    }
  })

  t.test('a token is exchanged once, whoever comes with it at the same time', async t => {
    const sessions = db.collection<Session>('sessions')
    await sessions.createIndex({ tokenHash: 1 }, { unique: true })
    await sessions.createIndex({ usedHashes: 1 })
    await sessions.insertOne({
      _id: 's',
      tokenHash: 't0',
      usedHashes: [],
      revokedAt: null,
      expiresAt: new Date(Date.now() + 60_000)
    })
    for (let round = 0; round < 5; round++) {
      const results = await all(n =>
        sessions.findOneAndUpdate(
          { tokenHash: `t${round}`, revokedAt: null, expiresAt: { $gt: new Date() } },
          { $set: { tokenHash: `t${round + 1}`, by: n }, $push: { usedHashes: { $each: [`t${round}`], $slice: -3 } } },
          { returnDocument: 'after' }
        )
      )
      t.equal(results.filter(each => each !== null).length, 1)
      t.equal((await sessions.findOne({ usedHashes: `t${round}`, revokedAt: null }))?._id, 's')
    }
    t.same((await sessions.findOne())?.usedHashes, ['t2', 't3', 't4'])
    t.equal(await sessions.findOne({ usedHashes: 't1' }), null)
  })

  t.test('writers to different fields of one document do not undo each other', async t => {
    const shows = db.collection<Thing>('fields')
    await shows.insertOne({ _id: 's' })
    await all(n => shows.updateOne({ _id: 's' }, { $set: { [`field${n}`]: n } }))
    t.equal(Object.keys((await shows.findOne()) ?? {}).length, many + 1)
  })

  t.test('readers find the others whatever is written and deleted beside them', async t => {
    const things = db.collection<Thing>('beside')
    await things.createIndex({ n: 1 })
    await things.insertMany(Array.from({ length: 400 }, (_, n) => ({ _id: `stays${n}`, n })))
    const reading = new AbortController()
    const writing = (async () => {
      for (let n = 0; !reading.signal.aborted; n++) {
        await things.insertOne({ _id: `passes${n}`, n: n % 400 })
        await things.updateOne({ _id: `passes${n}` }, { $inc: { n: 1 } })
        await things.deleteOne({ _id: `passes${n}` })
      }
    })()
    for (let round = 0; round < 10; round++) {
      const found = await things
        .find({ n: { $gte: 0 }, _id: /^stays/ }, { batchSize: 50 })
        .sort({ n: 1, _id: 1 })
        .toArray()
      t.same(
        found.map(({ n }) => n),
        Array.from({ length: 400 }, (_, n) => n)
      )
    }
    reading.abort()
    await writing
  })

  t.test('bulk writes from many sides all count', async t => {
    const seen = db.collection<Thing>('bulks')
    await seen.createIndex({ showId: 1, userId: 1 }, { unique: true })
    await all(n =>
      seen
        .bulkWrite(
          Array.from({ length: 8 }, (_, user) => ({
            updateOne: {
              filter: { _id: `u${user}` },
              update: { $setOnInsert: { showId: 's', userId: user }, $inc: { times: 1 }, $max: { last: n } },
              upsert: true
            }
          })),
          { ordered: false }
        )
        .catch((error: unknown) =>
          codeOf(Promise.reject(error)).then(code => {
            if (exactly || code !== 11000) throw error
          })
        )
    )
    const documents = await seen.find().sort({ userId: 1 }).toArray()
    t.same(
      documents.map(({ userId }) => userId),
      Array.from({ length: 8 }, (_, user) => user)
    )
    if (exactly) t.same([...new Set(documents.map(({ times, last }) => `${times} ${last}`))], [`${many} ${many - 1}`])
  })
})
