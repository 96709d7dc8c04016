import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db) => {
  t.test('of a hundred writers with the same expected version, exactly one succeeds', async t => {
    const shows = db.collection<{ _id: string; version: number; winners: number[] }>('shows')
    await shows.insertOne({ _id: 'show', version: 1, winners: [] })
    for (let version = 1; version <= 5; version++) {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, writer) =>
          shows.findOneAndUpdate(
            { _id: 'show', version },
            { $inc: { version: 1 }, $push: { winners: writer } },
            { returnDocument: 'after' }
          )
        )
      )
      t.equal(results.filter(each => each !== null).length, 1, `version ${version}`)
    }
    const show = await shows.findOne({ _id: 'show' })
    t.equal(show?.version, 6)
    t.equal(show?.winners.length, 5)
  })

  t.test('no increment is lost', async t => {
    const counters = db.collection<Thing>('counters')
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        counters.updateOne({ _id: `c${n % 4}` }, { $inc: { n: 1 } }, { upsert: true }).catch(async (error: unknown) => {
          // MongoDB may refuse one of two racing upserts, which then tries again.
          if ((await codeOf(Promise.reject(error))) !== 11000) throw error
          await counters.updateOne({ _id: `c${n % 4}` }, { $inc: { n: 1 } })
        })
      )
    )
    t.same(
      (await counters.find().sort({ _id: 1 }).toArray()).map(({ n }) => n),
      [50, 50, 50, 50]
    )
  })

  t.test('of many upserts of one unique key, one inserts', async t => {
    const users = db.collection('users')
    await users.createIndex({ email: 1 }, { unique: true })
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => users.updateOne({ email: 'a@x' }, { $setOnInsert: { n } }, { upsert: true }))
    )
    t.equal(results.filter(each => each.status === 'fulfilled' && each.value.upsertedCount === 1).length, 1)
    t.equal(await users.countDocuments(), 1)
  })

  t.test('of many inserts of one unique key, one succeeds', async t => {
    const claims = db.collection<Thing>('claims')
    await claims.createIndex({ seat: 1 }, { unique: true })
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => codeOf(claims.insertOne({ _id: `c${n}`, seat: 1 })))
    )
    t.equal(codes.filter(code => code === undefined).length, 1)
    t.equal(codes.filter(code => code === 11000).length, 49)
  })
})
