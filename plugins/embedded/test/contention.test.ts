import { MongoClient } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

interface Lists {
  _id: string
  sum: number
  max?: number
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

const writers = 64

/** Calls a function once per writer, all at the same time. */
const fromAll = <Result>(write: (n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: writers }, (_, n) => write(n)))

onEachBackend(t, async (t, db, exactly, url) => {
  t.test('of many conditional updates of one state, exactly one succeeds', async t => {
    const shows = db.collection<Thing>('left')
    await shows.insertOne({ _id: 's', status: 'scheduled', version: 1 })
    const results = await fromAll(n =>
      shows.findOneAndUpdate(
        { _id: 's', status: 'scheduled' },
        { $set: { status: 'live', by: n }, $inc: { version: 1 } },
        { returnDocument: 'after' }
      )
    )
    const winners = results.flatMap((each, n) => (each ? [n] : []))
    t.equal(winners.length, 1)
    t.same(await shows.findOne(), { _id: 's', status: 'live', version: 2, by: winners[0] })
  })

  t.test('one document at a time has a value of a sparse unique index', async t => {
    const shows = db.collection<Thing>('sparse-claims')
    await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })
    await shows.insertMany(Array.from({ length: writers }, (_, n) => ({ _id: `s${n}` })))
    for (let round = 0; round < 3; round++) {
      const codes = await fromAll(n =>
        codeOf(shows.findOneAndUpdate({ _id: `s${n}` }, { $set: { liveCreatorId: 'ann' } }))
      )
      t.equal(codes.filter(code => code === undefined).length, 1)
      t.equal(codes.filter(code => code === 11000).length, writers - 1)
      t.equal(await shows.countDocuments({ liveCreatorId: 'ann' }), 1)
      t.match(await shows.updateMany({ liveCreatorId: 'ann' }, { $unset: { liveCreatorId: '' } }), { modifiedCount: 1 })
    }
    await shows.deleteMany({})
    const insertCodes = await fromAll(n =>
      codeOf(shows.insertOne(n % 2 === 0 ? { _id: `i${n}`, liveCreatorId: 'ann' } : { _id: `i${n}` }))
    )
    t.equal(insertCodes.filter(code => code === undefined).length, writers / 2 + 1)
  })

  t.test('many upserts of one unique key with findOneAndUpdate make one document', async t => {
    const comments = db.collection<Thing>('upserted')
    await comments.createIndex({ showId: 1, authorId: 1, clientId: 1 }, { unique: true })
    const key = { showId: 's', authorId: 'ann', clientId: 'c' }
    const send = (n: number) =>
      comments.findOneAndUpdate(
        key,
        { $setOnInsert: { _id: `c${n}`, text: `text ${n}` } },
        { upsert: true, returnDocument: 'after' }
      )
    // MongoDB may refuse one of two racing upserts. A second try then finds the document of the other.
    const results = await fromAll(n =>
      send(n).catch(async (error: unknown) =>
        (await codeOf(Promise.reject(error))) === 11000 ? await send(n) : Promise.reject(error)
      )
    )
    t.equal(new Set(results.map(each => `${each?._id} ${each?.text}`)).size, 1)
    t.equal(await comments.countDocuments(), 1)
  })

  t.test('an unordered batch inserts the documents whose keys no other batch has', async t => {
    const comments = db.collection<Thing>('batches')
    await comments.createIndex({ key: 1 }, { unique: true })
    await fromAll(async n => {
      const documents = Array.from({ length: 10 }, (_, part) => ({ _id: `${n}-${part}`, key: (n % 8) * 10 + part }))
      const code = await codeOf(comments.insertMany(documents, { ordered: false }))
      if (code !== undefined && code !== 11000) t.fail(`code ${String(code)}`)
    })
    t.equal(await comments.countDocuments(), 80)
    t.equal((await comments.distinct('key')).length, 80)
  })

  t.test('lists, sums and maxima from many writers are complete', async t => {
    const things = db.collection<Lists>('made-by-many')
    await things.insertOne({
      _id: 'x',
      sum: 0,
      last: [],
      taken: Array.from({ length: writers }, (_, n) => n)
    })
    await fromAll(async n => {
      await things.updateOne(
        { _id: 'x' },
        {
          $push: { last: { $each: [n], $slice: -10 } },
          $inc: { sum: n },
          $max: { max: n }
        }
      )
      await things.updateOne({ _id: 'x' }, { $pull: { taken: n } })
    })
    const { last = [], ...rest } = (await things.findOne({ _id: 'x' })) ?? {}
    t.same(rest, { _id: 'x', sum: (writers * (writers - 1)) / 2, max: writers - 1, taken: [] })
    t.equal(new Set(last).size, 10)
  })

  t.test('workers with their own clients take each job of a queue once and in order', async t => {
    const queue = db.collection<Thing>('queue')
    await queue.insertMany(Array.from({ length: 100 }, (_, n) => ({ _id: `q${n}`, at: n })))
    const clients = await Promise.all(Array.from({ length: 4 }, () => MongoClient.connect(url)))
    const taken = await Promise.all(
      clients.map(async client => {
        const own: number[] = []
        const jobs = client.db(db.databaseName).collection<Thing>('queue')
        for (
          let job = await jobs.findOneAndDelete({}, { sort: { at: 1 } });
          job;
          job = await jobs.findOneAndDelete({}, { sort: { at: 1 } })
        ) {
          own.push(Number(job.at))
        }
        await client.close()
        return own
      })
    )
    // The stand-in chooses and removes in two steps, and returns null if another client removes in between.
    if (exactly) {
      t.same(
        taken.flat().toSorted((a, b) => a - b),
        Array.from({ length: 100 }, (_, n) => n)
      )
    }
    t.equal(new Set(taken.flat()).size, taken.flat().length)
    for (const own of taken) {
      t.same(
        own,
        own.toSorted((a, b) => a - b)
      )
    }
  })

  t.test('a token is exchanged once, even by many clients at the same time', async t => {
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
      const results = await fromAll(n =>
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

  t.test('writers to different fields of one document keep the values of each other', async t => {
    const shows = db.collection<Thing>('fields')
    await shows.insertOne({ _id: 's' })
    await fromAll(n => shows.updateOne({ _id: 's' }, { $set: { [`field${n}`]: n } }))
    t.equal(Object.keys((await shows.findOne()) ?? {}).length, writers + 1)
  })

  t.test('readers find every document that is not written while others are', async t => {
    const things = db.collection<Thing>('while-reading')
    await things.createIndex({ n: 1 })
    await things.insertMany(Array.from({ length: 400 }, (_, n) => ({ _id: `stays${n}`, n })))
    const done = new AbortController()
    const writing = (async () => {
      for (let n = 0; !done.signal.aborted; n++) {
        await things.insertOne({ _id: `temporary${n}`, n: n % 400 })
        await things.updateOne({ _id: `temporary${n}` }, { $inc: { n: 1 } })
        await things.deleteOne({ _id: `temporary${n}` })
      }
    })()
    for (let round = 0; round < 10; round++) {
      const found = await things
        .find({ n: { $gte: 0 }, _id: { $regex: '^stays' } }, { batchSize: 50 })
        .sort({ n: 1, _id: 1 })
        .toArray()
      t.same(
        found.map(({ n }) => n),
        Array.from({ length: 400 }, (_, n) => n)
      )
    }
    done.abort()
    await writing
  })

  t.test('bulk writes of many clients all count', async t => {
    const seen = db.collection<Thing>('bulks')
    await seen.createIndex({ showId: 1, userId: 1 }, { unique: true })
    await fromAll(n =>
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
    if (exactly) {
      t.same([...new Set(documents.map(({ times, last }) => `${times} ${last}`))], [`${writers} ${writers - 1}`])
    }
  })
})
