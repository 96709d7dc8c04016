import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { GridFSBucket, MongoClient } from 'mongodb'
import { startEmbeddedStore } from '../start.ts'

/*
 * A server that stores in every way there is, all at once, and prints `KIND VALUE` for each write once it was acknowledged. It
 * goes on, from where it was when it is started again, until it is killed.
 */
const [dataDir] = process.argv.slice(2)
if (!dataDir) throw new Error('usage: mixed-writing-process.ts DATA_DIR')
const store = await startEmbeddedStore({ dataDir })
const db = new MongoClient(store.url).db()
const say = (kind: string, value: string | number) => {
  process.stdout.write(`${kind} ${value}\n`)
}
const batchOf = 20

interface Stock {
  _id: string
  n: number
}

const counters = db.collection<Stock>('counters')
const batches = db.collection<{ _id: string; batch: number }>('batches')
const flock = db.collection<Stock>('flock')
const tokens = db.collection<{ _id: string; token: string; used: string[]; n: number }>('tokens')
const passing = db.collection<{ _id: string }>('passing')
await tokens.createIndex({ token: 1 }, { unique: true })
await tokens.createIndex({ used: 1 })
await flock.createIndex({ n: 1 })
await batches.createIndex({ batch: 1 })
const { n: start = 0 } =
  (await counters.findOneAndUpdate(
    { _id: 'starts' },
    { $inc: { n: 1_000_000 } },
    { upsert: true, returnDocument: 'after' }
  )) ?? {}
if (start === 1_000_000) await flock.insertMany(Array.from({ length: batchOf }, (_, n) => ({ _id: `sheep${n}`, n: 0 })))

const writers: Array<(n: number) => Promise<void>> = [
  async () => {
    const after = await counters.findOneAndUpdate(
      { _id: 'count' },
      { $inc: { n: 1 } },
      { upsert: true, returnDocument: 'after' }
    )
    say('counted', after?.n ?? 0)
  },
  async n => {
    await batches.insertMany(Array.from({ length: batchOf }, (_, part) => ({ _id: `${n}-${part}`, batch: n })))
    say('batch', n)
  },
  async n => {
    await flock.updateMany({}, { $set: { n } })
    say('flock', n)
  },
  async n => {
    const token = `token${n}`
    const before = await tokens.findOne({ _id: 'session' })
    await tokens.updateOne(
      { _id: 'session' },
      { $set: { token, n }, ...(before && { $push: { used: { $each: [before.token], $slice: -50 } } }) },
      { upsert: true }
    )
    say('token', n)
  },
  async n => {
    await passing.insertOne({ _id: `p${n}` })
    await passing.deleteOne({ _id: `p${n}` })
    say('gone', `p${n}`)
  },
  async n => {
    const content = randomBytes(40_000 + (n % 1000))
    const upload = new GridFSBucket(db, { chunkSizeBytes: 10_000 }).openUploadStream(
      createHash('sha256').update(content).digest('hex')
    )
    upload.end(content)
    await once(upload, 'finish')
    say('file', upload.filename)
  }
]

await Promise.all(
  writers.map(async write => {
    for (let n = start; ; n++) await write(n)
  })
)
