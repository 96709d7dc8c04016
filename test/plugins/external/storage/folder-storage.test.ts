import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { openFolderStorage } from '../../../../plugins/external/storage/folder-storage.ts'
import { storageSuite } from '../storage-suite.ts'

async function createFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** Changes the first byte of a file and keeps its times, as a failing disk does. */
async function corrupt(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const first = Buffer.alloc(1)
    await file.read(first, 0, 1, 0)
    first[0]! ^= 1
    // Node.js can't restore times in nanoseconds; `touch` can.
    await keepTimes(path, async () => {
      await file.write(first, 0, 1, 0)
    })
  } finally {
    await file.close()
  }
}

/** Restores the times of a file after a change. */
async function keepTimes(path: string, change: () => Promise<void>): Promise<void> {
  const reference = `${path}-time`
  await promisify(execFile)('touch', ['--reference', path, reference])
  await change()
  await promisify(execFile)('touch', ['--reference', reference, path])
  await rm(reference)
}

storageSuite(t, {
  listedCount: 300,
  async prepare(t) {
    const folder = join(await createFolder(t), 'objects')
    return {
      place: { home: 'folder', folder },
      findLeftovers: async () => await readdir(join(folder, '.incoming')),
      corrupt: async key => await corrupt(join(folder, key))
    }
  }
})

t.test('symbolic links in the folder are not followed', async t => {
  const folder = await createFolder(t)
  await writeFile(join(folder, 'secret'), 'secret')
  const storage = await openFolderStorage(join(folder, 'objects'))
  await symlink(join(folder, 'secret'), join(folder, 'objects', 'link'))
  t.equal(await storage.get('link'), null)
  for await (const { key } of storage.list('')) t.fail(`${key} is listed`)
})

t.test('concurrent puts and deletions in one folder do not disturb each other', async t => {
  const storage = await openFolderStorage(await createFolder(t))
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      await storage.put(`shared/${n}`, [Buffer.from(`${n}`)])
      if (n % 2 === 0) await storage.delete(`shared/${n}`)
    })
  )
  let remaining = 0
  for await (const { sizeBytes } of storage.list('shared/')) remaining += Math.sign(sizeBytes)
  t.equal(remaining, 30)
})

t.test('drafts of a dead server are removed a day later', async t => {
  const folder = await createFolder(t)
  const storage = await openFolderStorage(folder)
  const incoming = join(folder, '.incoming')
  for (const name of ['old', 'young']) await writeFile(join(incoming, name), 'half')
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000)
  await utimes(join(incoming, 'old'), twoDaysAgo, twoDaysAgo)
  await storage.removeLeftovers(new AbortController().signal)
  t.same(await readdir(incoming), ['young'])
})

t.test('sha256sum reads the checksums, and they are removed with their objects', async t => {
  const folder = await createFolder(t)
  const storage = await openFolderStorage(folder)
  const checksums = async () => await readdir(join(folder, '.sums'))
  for (const key of ['a/one', 'a/two']) await storage.put(key, [Buffer.from(key)])
  const lines = await Promise.all(
    (await checksums()).map(async name => await readFile(join(folder, '.sums', name), 'utf8'))
  )
  await writeFile(join(folder, 'all'), lines.join(''))
  t.match(await promisify(execFile)('sha256sum', ['--check', 'all'], { cwd: folder }), { stdout: /a\/one: OK/ })
  await storage.put('a/one', [Buffer.from('another')])
  await storage.delete('a/two')
  t.equal((await checksums()).length, 1)
})

t.test(
  "a file that an operator replaced is valid without a checksum, and the old one's checksum is removed a day later",
  async t => {
    const folder = await createFolder(t)
    const storage = await openFolderStorage(folder, { olderThanMs: -60_000 })
    await storage.put('kept', [Buffer.from('kept')])
    await storage.put('replaced', [Buffer.from('original')])
    await writeFile(join(folder, 'replaced'), 'restored')
    t.equal((await storage.stat('replaced'))?.sha256, undefined)
    t.equal(String(await buffer((await storage.get('replaced'))!.stream)), 'restored')
    await (await openFolderStorage(folder)).removeLeftovers(new AbortController().signal)
    t.equal((await readdir(join(folder, '.sums'))).length, 2, 'it may belong to a put that has not finished')
    await storage.removeLeftovers(new AbortController().signal)
    t.equal((await readdir(join(folder, '.sums'))).length, 1)
    t.ok((await storage.stat('kept'))?.sha256)
  }
)
