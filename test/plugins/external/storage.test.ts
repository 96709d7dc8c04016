import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import t from 'tap'
import { loadConfig } from '../../../config.ts'
import storage from '../../../plugins/external/storage.ts'

const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

async function boot (STORAGE_URL: string) {
  const app = Fastify()
  app.decorate('config', loadConfig({ DATA_DIR: folder, STORAGE_URL, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }))
  await app.register(storage)
  return app
}

t.test('a folder, by its whole address or below where the server was started', async t => {
  for (const [name, address] of [['whole ä', pathToFileURL(join(folder, 'whole ä')).href], ['below', `file:${relative(process.cwd(), join(folder, 'below'))}`]] as const) {
    const app = await boot(address)
    await app.storage.put('a/b', [Buffer.from('x')])
    t.same(await readdir(join(folder, name, 'a')), ['b'], address)
    await app.close()
  }
})

t.test('what is not there yet is refused at boot, without telling secrets', async t => {
  for (const address of ['s3://bucket/prefix?endpoint=https://key:hidden@example.org', 'gridfs:']) {
    await t.rejects(async () => await boot(address), { message: /^STORAGE_URL begins with (s3|gridfs):, which is not there yet; use file:FOLDER$/ }, address)
  }
})
