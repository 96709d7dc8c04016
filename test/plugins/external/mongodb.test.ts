import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../config/config.ts'
import mongodb from '../../../plugins/external/mongodb.ts'
import { startScratchStore } from '../../store/backends.ts'

async function build(t: Test, settings: Record<string, string>) {
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

t.test('without MONGODB_URL the embedded store is the database, and closes with the app', async t => {
  const app = await build(t, {})
  t.equal(app.db.databaseName, 'ambient')
  await app.db.collection('things').insertOne({ n: 1 })
  t.equal(await app.db.collection('things').countDocuments(), 1)
  await app.close()
  // The file is free again.
  const again = await build(t, { DATA_DIR: app.config.DATA_DIR })
  t.equal(await again.db.collection('things').countDocuments(), 1)
})

t.test('MONGODB_URL names the server and the database', async t => {
  const store = await startScratchStore(t)
  t.teardown(() => store.close())
  for (const [url, name] of [
    [store.url.replace('/ambient?', '/other?'), 'other'],
    [store.url.replace('/ambient?', '/?'), 'ambient']
  ] as const) {
    const app = await build(t, { MONGODB_URL: url })
    t.equal(app.db.databaseName, name)
    t.match(await app.db.command({ ping: 1 }), { ok: 1 })
    await app.close()
  }
})

t.test('a MongoDB that is not there is an error, soon', async t => {
  await t.rejects(build(t, { MONGODB_URL: 'mongodb://127.0.0.1:1/ambient' }), { name: 'MongoServerSelectionError' })
})
