import { MongoClient } from 'mongodb'
import t from 'tap'
import { deleteInSlices, slicesOf, updateInSlices } from '../../../../plugins/app/documents/slices.ts'
import { startScratchStore } from '../../../store/backends.ts'

interface Thing {
  _id: string
  owner: string
  n: number
}

const maxAtOnce = 250

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url, { monitorCommands: true })
t.teardown(async () => {
  await client.close()
  await store.close()
})
const things = client.db().collection<Thing>('things')
await things.createIndex({ owner: 1 })

/** Numbers of documents that single operations have changed. */
let changed: number[] = []
client.on('commandSucceeded', ({ commandName, reply }) => {
  if (commandName === 'delete' || commandName === 'update') changed.push((reply as { n: number }).n)
})

t.beforeEach(async () => {
  await things.deleteMany({})
  await things.insertMany(
    Array.from({ length: 1201 }, (_, n) => ({ _id: `t${n}`, owner: n % 6 === 0 ? 'bob' : 'ann', n }))
  )
  changed = []
})

t.test('documents are removed in slices, and no others', async t => {
  await deleteInSlices(things, { owner: 'ann' })
  t.equal(await things.countDocuments({ owner: 'ann' }), 0)
  t.equal(await things.countDocuments(), 201)
  t.same(changed, [250, 250, 250, 250])
  await deleteInSlices(things, { owner: 'ann' })
  t.equal(changed.length, 4, 'nothing is left to do')
  await deleteInSlices(things, { owner: 'bob' }, 100)
  t.same(changed.slice(4), [100, 100, 1])
})

t.test('documents are updated in slices, also when the filter does not match them any more', async t => {
  await updateInSlices(things, { owner: 'ann' }, { $set: { owner: 'nobody' } })
  t.equal(await things.countDocuments({ owner: 'nobody' }), 1000)
  t.equal(await things.countDocuments({ owner: 'bob' }), 201)
  t.ok(changed.every(n => n <= maxAtOnce))
  await updateInSlices(things, { owner: 'bob' }, { $inc: { n: 10_000 } })
  t.equal(await things.countDocuments({ n: { $gte: 10_000 } }), 201, 'each of them once')
})

t.test('a document that changed meanwhile is left alone', async t => {
  const deleteMany = things.deleteMany.bind(things)
  things.deleteMany = async (...args) => {
    await things.updateOne({ _id: 't1' }, { $set: { owner: 'bob' } })
    return await deleteMany(...args)
  }
  await deleteInSlices(things, { owner: 'ann' })
  t.match(await things.findOne({ _id: 't1' }), { owner: 'bob' })
})

t.test('a list is split into slices', async t => {
  t.same(slicesOf([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]])
  t.same(slicesOf([], 2), [])
})
