import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../config/config.ts'
import mongodb from '../../../plugins/external/mongodb.ts'
import { startScratchStore } from '../../store/backends.ts'

async function createApp(t: Test, settings: Record<string, string>) {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'store-test-'))
  const app = fastify()
  app.decorate('config', loadConfig({ DATA_DIR, ...settings }))
  await app.register(mongodb)
  t.teardown(async () => {
    await app.close()
    await rm(DATA_DIR, { recursive: true, force: true })
  })
  return app
}

t.test('without MONGODB_URL the embedded store is used, and closed with the app', async t => {
  const app = await createApp(t, {})
  t.equal(app.db.databaseName, 'ambient')
  await app.db.collection('things').insertOne({ n: 1 })
  t.equal(await app.db.collection('things').countDocuments(), 1)
  await app.close()
  // The file is unlocked, so another app can open it.
  const again = await createApp(t, { DATA_DIR: app.config.DATA_DIR })
  t.equal(await again.db.collection('things').countDocuments(), 1)
})

t.test('MONGODB_URL names the server and the database', async t => {
  const store = await startScratchStore(t)
  t.teardown(() => store.close())
  for (const [url, name] of [
    [store.url.replace('/ambient?', '/other?'), 'other'],
    [store.url.replace('/ambient?', '/?'), 'ambient']
  ] as const) {
    const app = await createApp(t, { MONGODB_URL: url })
    t.equal(app.db.databaseName, name)
    t.match(await app.db.command({ ping: 1 }), { ok: 1 })
    await app.close()
  }
})

t.test('an unavailable MongoDB is an error within the timeout', async t => {
  await t.rejects(createApp(t, { MONGODB_URL: 'mongodb://127.0.0.1:1/ambient' }), { name: 'MongoServerSelectionError' })
})

t.test('the pool of an idle server does not wake it up', async t => {
  const app = await createApp(t, {})
  await app.db.collection('things').countDocuments()
  // Not exported: https://github.com/mongodb/node-mongodb-native, src/cmap/connection_pool.ts
  const { ConnectionPool } = createRequire(import.meta.url)('mongodb/lib/cmap/connection_pool')
  const check = t.capture(ConnectionPool.prototype, 'ensureMinPoolSize', () => {})
  await sleep(300)
  t.equal(check().length, 0)
})
