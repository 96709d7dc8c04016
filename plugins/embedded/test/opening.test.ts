import { spawn } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { EmbeddedStoreError, startEmbeddedStore } from '../index.ts'
import { scratchFolder } from './backends.ts'

/** Starts and closes a store. Returns the message of its EmbeddedStoreError, or 'started'. */
async function startResult(dataDir: string): Promise<string> {
  try {
    const store = await startEmbeddedStore({ dataDir })
    await store.close()
  } catch (error) {
    if (error instanceof EmbeddedStoreError) return error.message
    throw error
  }
  return 'started'
}

t.test('a second server on the same folder is refused, in the same process and in another', async t => {
  const dataDir = await scratchFolder(t)
  const store = await startEmbeddedStore({ dataDir })
  t.match(await startResult(dataDir), /in use by another server: stop that one, or give this one a DATA_DIR of its own/)
  const script = `
    import { startEmbeddedStore } from ${JSON.stringify(join(import.meta.dirname, '../index.ts'))}
    await startEmbeddedStore({ dataDir: ${JSON.stringify(dataDir)} }).then(
      () => console.log('started'),
      error => console.log(error.message)
    )
    process.exit()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.match(String(Buffer.concat(await child.stdout.toArray())), /in use by another server/)
  await store.close()
  t.equal(await startResult(dataDir), 'started')
})

t.test('a damaged file is refused and not changed', async t => {
  const dataDir = await scratchFolder(t)
  const file = join(dataDir, 'store.sqlite')
  await writeFile(file, 'not a database file'.repeat(1000))
  t.match(await startResult(dataDir), /store\.sqlite is damaged\. Put back a backup/)
  t.equal((await readFile(file, 'utf8')).length, 19_000)
})

t.test('a file with a damaged catalog is refused', async t => {
  const dataDir = await scratchFolder(t)
  t.equal(await startResult(dataDir), 'started')
  const file = join(dataDir, 'store.sqlite')
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0xaa, 100))
  t.match(await startResult(dataDir), /is damaged/)
})

t.test('a file of a newer version is refused', async t => {
  const dataDir = await scratchFolder(t)
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  t.match(await startResult(dataDir), /written by a newer version of Ambient/)
})

t.test('a folder that cannot be created is refused', async t => {
  const folder = await scratchFolder(t)
  await writeFile(join(folder, 'file'), '')
  t.match(await startResult(join(folder, 'file', 'data')), /can't|can not/)
})

t.test('other users of the machine cannot read the files', async t => {
  const dataDir = join(await scratchFolder(t), 'new')
  const store = await startEmbeddedStore({ dataDir })
  for (const name of ['', 'store.sqlite', 'store.sqlite-wal']) {
    t.equal((await stat(join(dataDir, name))).mode & 0o077, 0, name)
  }
  await store.close()
})
