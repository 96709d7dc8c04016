import { MongoServerError } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  t.test('a unique index refuses a duplicate key and names it', async t => {
    const users = db.collection<Thing>('users')
    await users.createIndex({ email: 1 }, { unique: true })
    await users.insertMany([
      { _id: 'a', email: 'a@x' },
      { _id: 'b', email: 'b@x' }
    ])
    const error: unknown = await users.insertOne({ _id: 'c', email: 'a@x' }).catch((reason: unknown) => reason)
    t.ok(error instanceof MongoServerError)
    t.match(error, { code: 11000, message: /E11000 duplicate key error.*email/ })
    t.equal(await codeOf(users.updateOne({ _id: 'b' }, { $set: { email: 'a@x' } })), 11000)
    t.equal(await codeOf(users.findOneAndUpdate({ _id: 'b' }, { $set: { email: 'a@x' } })), 11000)
    t.equal(await codeOf(users.updateOne({ _id: 'z' }, { $set: { email: 'a@x' } }, { upsert: true })), 11000)
    t.same(await users.find().sort({ _id: 1 }).toArray(), [
      { _id: 'a', email: 'a@x' },
      { _id: 'b', email: 'b@x' }
    ])
    await users.updateOne({ _id: 'a' }, { $set: { email: 'new@x' } })
    await users.insertOne({ _id: 'c', email: 'a@x' })
    await users.deleteOne({ _id: 'c' })
    await users.insertOne({ _id: 'd', email: 'a@x' })
    t.equal(await users.countDocuments({ email: 'a@x' }), 1)
  })

  t.test('a unique index takes a missing value as null, and a sparse one ignores it', async t => {
    const plain = db.collection<Thing>('plain')
    await plain.createIndex({ key: 1 }, { unique: true })
    await plain.insertOne({ _id: 'a' })
    t.equal(await codeOf(plain.insertOne({ _id: 'b' })), 11000)
    const sparse = db.collection<Thing>('sparse')
    await sparse.createIndex({ key: 1 }, { unique: true, sparse: true })
    await sparse.insertMany([{ _id: 'a' }, { _id: 'b' }, { _id: 'c', key: 1 }])
    t.equal(await codeOf(sparse.insertOne({ _id: 'd', key: 1 })), 11000)
    t.equal(await codeOf(sparse.updateOne({ _id: 'a' }, { $set: { key: 1 } })), 11000)
    await sparse.updateOne({ _id: 'c' }, { $unset: { key: '' } })
    await sparse.updateOne({ _id: 'a' }, { $set: { key: 1 } })
    t.equal(await sparse.countDocuments({ key: null }), 2)
    t.same(
      (await sparse.find().sort({ key: 1, _id: 1 }).toArray()).map(({ _id }) => _id),
      ['b', 'c', 'a']
    )
  })

  t.test('a compound unique index compares all its fields', async t => {
    const follows = db.collection<Thing>('follows')
    await follows.createIndex({ from: 1, to: 1 }, { unique: true })
    await follows.insertMany([
      { _id: '1', from: 'a', to: 'b' },
      { _id: '2', from: 'a', to: 'c' },
      { _id: '3', from: 'b', to: 'a' }
    ])
    t.equal(await codeOf(follows.insertOne({ _id: '4', from: 'a', to: 'b' })), 11000)
    t.equal(await codeOf(follows.updateOne({ _id: '2' }, { $set: { to: 'b' } })), 11000)
    t.equal(await follows.countDocuments({ from: 'a' }), 2)
  })

  t.test('a unique index contains each element of an array, once over all documents', async t => {
    const names = db.collection<{ _id: string; names: string[] }>('names')
    await names.createIndex({ names: 1 }, { unique: true })
    await names.insertOne({ _id: 'a', names: ['x', 'y', 'x'] })
    t.equal(await codeOf(names.insertOne({ _id: 'b', names: ['z', 'y'] })), 11000)
    await names.insertOne({ _id: 'b', names: ['z'] })
    t.same(await names.findOne({ names: 'y' }), { _id: 'a', names: ['x', 'y', 'x'] })
    await names.updateOne({ _id: 'a' }, { $pull: { names: 'y' } })
    await names.updateOne({ _id: 'b' }, { $push: { names: 'y' } })
    t.equal((await names.findOne({ names: 'y' }))?._id, 'b')
  })

  t.test('a new index contains existing documents, and is refused if it cannot be unique', async t => {
    const late = db.collection<Thing>('late')
    await late.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'c', n: 2 }
    ])
    t.equal(await codeOf(late.createIndex({ n: 1 }, { unique: true })), 11000)
    t.equal(await late.countDocuments({ n: 1 }), 2)
    await late.deleteOne({ _id: 'a' })
    await late.createIndex({ n: 1 }, { unique: true })
    t.equal((await late.findOne({ n: 1 }))?._id, 'b')
    t.equal(await codeOf(late.insertOne({ _id: 'd', n: 2 })), 11000)
  })

  t.test('a TTL index keeps its options', async t => {
    const codes = db.collection<Thing>('codes')
    await codes.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
    await codes.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 })
    const made = (await codes.indexes()).filter(({ name }) => name !== '_id_')
    t.match(made[0], { key: { expiresAt: 1 }, expireAfterSeconds: 0 })
    if (exactly) t.equal(made.length, 1)
  })

  t.test('indexes are listed, dropped, and created again without effect', async t => {
    const things = db.collection<Thing>('listed')
    await things.createIndex({ a: 1, b: -1 })
    await things.createIndex({ a: 1, b: -1 })
    const names = (await things.indexes()).map(({ name }) => name)
    t.same(names, ['_id_', 'a_1_b_-1'])
    t.match(await things.indexes(), [{ key: { _id: 1 } }, { key: { a: 1, b: -1 } }])
    await things.insertOne({ _id: 'x', a: 1, b: 1 })
    await things.dropIndex('a_1_b_-1')
    t.equal((await things.indexes()).length, 1)
    t.equal((await things.findOne({ a: 1 }))?._id, 'x')
  })
})
