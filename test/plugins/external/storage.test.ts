import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import t from 'tap'
import { loadConfig } from '../../../config/config.ts'
import storage from '../../../plugins/external/storage.ts'
import { onEachBackend } from '../../store/backends.ts'

const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

/** Registers the plugin, with a database where it needs one. */
async function createApp(STORAGE_URL: string, db?: Db) {
  const app = Fastify()
  app.decorate(
    'config',
    loadConfig({ DATA_DIR: folder, STORAGE_URL, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' })
  )
  await app.register(
    fp(
      async app => {
        if (db) app.decorate('db', db)
      },
      { name: 'mongodb' }
    )
  )
  await app.register(storage)
  return app
}

t.test('a folder is named by an absolute URL or relative to the working directory', async t => {
  for (const [name, address] of [
    ['whole ä', pathToFileURL(join(folder, 'whole ä')).href],
    ['below', `file:${relative(process.cwd(), join(folder, 'below'))}`]
  ] as const) {
    const app = await createApp(address)
    await app.storage.put('a/b', [Buffer.from('x')])
    t.same(await readdir(join(folder, name, 'a')), ['b'], address)
    await app.storage.check()
    await rm(join(folder, name), { recursive: true })
    await t.rejects(app.storage.check(), { code: 'ENOENT' }, 'a missing folder is reported')
    await app.close()
  }
})

onEachBackend(t, async (t, db) => {
  t.test('the database stores objects', async t => {
    const app = await createApp('gridfs:', db)
    await app.storage.put('a/b', [Buffer.from('x')])
    t.equal(await text((await app.storage.get('a/b'))!.stream), 'x')
    t.equal(await db.collection('storage.files').countDocuments(), 1)
    await app.storage.check()
    await app.close()
  })
})

t.test('the application starts and closes while the server of its bucket is down', async t => {
  const app = await createApp('s3://bucket/prefix?endpoint=http://127.0.0.1:1')
  await t.rejects(app.storage.check())
  await t.rejects(app.storage.put('a', []), { code: 'UNAVAILABLE' })
  await app.close()
})
