import { MongoClient } from 'mongodb'
import { runMigrations } from '../../../../../plugins/app/operations/migrations/run.ts'

/**
 * Runs a migration that stops after its first half, until the process is killed. Prints one line when it has stopped.
 */
const [url, name] = process.argv.slice(2)
if (!url || !name) throw new Error('usage: stuck-process.ts URL DATABASE')
const client = await MongoClient.connect(url)
await runMigrations({
  db: client.db(name),
  logger: { info() {}, warn() {} },
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
