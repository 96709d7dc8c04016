import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { GridFSBucket, MongoClient } from 'mongodb'
import { startEmbeddedStore } from '../start.ts'

/*
 * Writes to a store in many ways at the same time, until it is killed, and prints `KIND VALUE` for each acknowledged
 * write. When it is started again, it continues with higher numbers.
 */
const [dataDir] = process.argv.slice(2)
if (!dataDir) throw new Error('usage: mixed-writing-process.ts DATA_DIR')
const store = await startEmbeddedStore({ dataDir })
const db = new MongoClient(store.url).db()
const report = (kind: string, value: string | number) => {
  process.stdout.write(`${kind} ${value}\n`)
}
const batchSize = 20

interface Counter {
  _id: string
  n: number
}

const counters = db.collection<Counter>('counters')
const batches = db.collection<{ _id: string; batch: number }>('batches')
const group = db.collection<Counter>('group')
const tokens = db.collection<{ _id: string; token: string; used: string[]; n: number }>('tokens')
const deleted = db.collection<{ _id: string }>('deleted')
await tokens.createIndex({ token: 1 }, { unique: true })
await tokens.createIndex({ used: 1 })
await group.createIndex({ n: 1 })
await batches.createIndex({ batch: 1 })
const { n: start = 0 } =
  (await counters.findOneAndUpdate(
    { _id: 'starts' },
    { $inc: { n: 1_000_000 } },
    { upsert: true, returnDocument: 'after' }
  )) ?? {}
if (start === 1_000_000) {
  await group.insertMany(Array.from({ length: batchSize }, (_, n) => ({ _id: `member${n}`, n: 0 })))
}

const writers: Array<(n: number) => Promise<void>> = [
  async () => {
    const after = await counters.findOneAndUpdate(
      { _id: 'count' },
      { $inc: { n: 1 } },
      { upsert: true, returnDocument: 'after' }
    )
    report('counted', after?.n ?? 0)
  },
  async n => {
    await batches.insertMany(Array.from({ length: batchSize }, (_, part) => ({ _id: `${n}-${part}`, batch: n })))
    report('batch', n)
  },
  async n => {
    await group.updateMany({}, { $set: { n } })
    report('group', n)
  },
  async n => {
    const token = `token${n}`
    const before = await tokens.findOne({ _id: 'session' })
    await tokens.updateOne(
      { _id: 'session' },
      { $set: { token, n }, ...(before && { $push: { used: { $each: [before.token], $slice: -50 } } }) },
      { upsert: true }
    )
    report('token', n)
  },
  async n => {
    await deleted.insertOne({ _id: `d${n}` })
    await deleted.deleteOne({ _id: `d${n}` })
    report('deleted', `d${n}`)
  },
  async n => {
    const content = randomBytes(40_000 + (n % 1000))
    const upload = new GridFSBucket(db, { chunkSizeBytes: 10_000 }).openUploadStream(
      createHash('sha256').update(content).digest('hex')
    )
    upload.end(content)
    await once(upload, 'finish')
    report('file', upload.filename)
  }
]

await Promise.all(
  writers.map(async write => {
    for (let n = start; ; n++) await write(n)
  })
)
