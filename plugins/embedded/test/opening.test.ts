import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { EmbeddedStoreError } from '../errors.ts'
import { startEmbeddedStore } from '../start.ts'

async function scratchFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function refusal(dataDir: string): Promise<string> {
  try {
    const store = await startEmbeddedStore({ dataDir })
    await store.close()
  } catch (error) {
    if (error instanceof EmbeddedStoreError) return error.message
    throw error
  }
  return 'it started'
}

t.test('a second server on the same folder is refused, in this process and in another', async t => {
  const dataDir = await scratchFolder(t)
  const store = await startEmbeddedStore({ dataDir })
  t.match(await refusal(dataDir), /in use by another server: stop that one, or give this one a DATA_DIR of its own/)
  const script = `
    import { startEmbeddedStore } from ${JSON.stringify(join(import.meta.dirname, '../start.ts'))}
    await startEmbeddedStore({ dataDir: ${JSON.stringify(dataDir)} }).then(() => console.log('it started'), (error) => console.log(error.message))
    process.exit()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.match(String(Buffer.concat(await child.stdout.toArray())), /in use by another server/)
  await store.close()
  t.equal(await refusal(dataDir), 'it started')
})

t.test('a damaged file is refused, and left as it is', async t => {
  const dataDir = await scratchFolder(t)
  const file = join(dataDir, 'store.sqlite')
  await writeFile(file, 'this is no database'.repeat(1000))
  t.match(await refusal(dataDir), /store\.sqlite is damaged\. Put back a backup/)
  t.equal((await readFile(file, 'utf8')).length, 19_000)
})

t.test('a file with a torn catalog is refused', async t => {
  const dataDir = await scratchFolder(t)
  t.equal(await refusal(dataDir), 'it started')
  const file = join(dataDir, 'store.sqlite')
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0xaa, 100))
  t.match(await refusal(dataDir), /is damaged/)
})

t.test('a file of a newer version is refused', async t => {
  const dataDir = await scratchFolder(t)
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  t.match(await refusal(dataDir), /written by a newer version of Ambient/)
})

t.test('a folder that can not be is refused', async t => {
  const folder = await scratchFolder(t)
  await writeFile(join(folder, 'file'), '')
  t.match(await refusal(join(folder, 'file', 'data')), /can't|can not/)
})

t.test("what people wrote is for nobody else's eyes on the machine", async t => {
  const dataDir = join(await scratchFolder(t), 'new')
  const store = await startEmbeddedStore({ dataDir })
  for (const name of ['', 'store.sqlite', 'store.sqlite-wal']) {
    t.equal((await stat(join(dataDir, name))).mode & 0o077, 0, name)
  }
  await store.close()
})
