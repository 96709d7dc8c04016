import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { MongoClient, type Db } from 'mongodb'
import t from 'tap'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'

t.test('a conflicting index stops the start with an explanation', async t => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'store-test-'))
  t.teardown(() => rm(DATA_DIR, { recursive: true, force: true }))

  async function withStore(action: (db: Db) => Promise<unknown>): Promise<void> {
    const store = await startEmbeddedStore({ dataDir: DATA_DIR })
    const client = await MongoClient.connect(store.url)
    await action(client.db())
    await client.close()
    await store.close()
  }

  async function start(): Promise<{ code: unknown; stderr: string }> {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../server.ts')], {
      env: { ...process.env, DATA_DIR, PORT: '0', MEDIA_PORT: '0', MEDIA_WORKERS: '1', LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    return { code, stderr }
  }

  await withStore(db => db.createIndex('sessions', { tokenHash: 1 }, { sparse: true }))
  const { code, stderr } = await start()
  t.equal(code, 1)
  t.match(
    stderr,
    /^Ambient could not start: an index in the database differs from the one of this version\..*ambient\.sessions.*"unique":true.*"sparse":true.*\n.*migration.*\n$/
  )

  await withStore(db => db.collection('sessions').dropIndex('tokenHash_1'))
  t.same(await start(), { code: 0, stderr: '' })
})
