import { MongoClient } from 'mongodb'
import { startEmbeddedStore } from '../start.ts'

/* Inserts documents with several writers until it is killed, and prints the `_id` of each acknowledged document. */
const [dataDir] = process.argv.slice(2)
if (!dataDir) throw new Error('usage: inserting-process.ts DATA_DIR')
const store = await startEmbeddedStore({ dataDir })
const things = new MongoClient(store.url).db().collection<{ _id: string; payload: string }>('things')
await things.createIndex({ payload: 1 }, { unique: true })

async function write(writer: number): Promise<void> {
  for (let n = 0; ; n++) {
    const _id = `${writer}-${n}`
    await things.insertOne({ _id, payload: `${_id} ${'x'.repeat(n % 3000)}` })
    process.stdout.write(`${_id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
