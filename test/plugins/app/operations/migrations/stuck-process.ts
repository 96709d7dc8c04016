import { MongoClient } from 'mongodb'
import { runMigrations } from '../../../../../plugins/app/operations/migrations/run.ts'

/*
 * A server that is in the middle of a migration, of which it has done one half, until it is killed. It prints one line when it is
 * there.
 */
const [url, name] = process.argv.slice(2)
if (!url || !name) throw new Error('usage: stuck-process.ts URL DATABASE')
const client = await MongoClient.connect(url)
const silent = { info() {}, warn() {} }
await runMigrations({
  db: client.db(name),
  log: silent,
  migrations: [
    {
      name: '0001-halves',
      up: async db => {
        await db.collection<{ _id: string }>('things').updateOne({ _id: 'first' }, { $set: { done: true } })
        process.stdout.write('half done\n')
        await new Promise(() => setInterval(() => {}, 1000))
      }
    }
  ]
})
