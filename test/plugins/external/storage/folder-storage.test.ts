import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { openFolderStorage } from '../../../../plugins/external/storage/folder-storage.ts'
import { storageSuite } from '../storage-suite.ts'

async function ownFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** Turns a file's first byte over without touching its times: as a disk does. */
async function spoil(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const first = Buffer.alloc(1)
    await file.read(first, 0, 1, 0)
    first[0]! ^= 1
    // Times of nanoseconds can't be given back by Node; `touch` can.
    await touched(path, async () => {
      await file.write(first, 0, 1, 0)
    })
  } finally {
    await file.close()
  }
}

/** Leaves a file's time of change as it was. */
async function touched(path: string, act: () => Promise<void>): Promise<void> {
  const reference = `${path}-time`
  await promisify(execFile)('touch', ['--reference', path, reference])
  await act()
  await promisify(execFile)('touch', ['--reference', reference, path])
  await rm(reference)
}

storageSuite(t, {
  listed: 300,
  async prepare(t) {
    const folder = join(await ownFolder(t), 'objects')
    return {
      place: { home: 'folder', folder },
      remains: async () => await readdir(join(folder, '.incoming')),
      spoil: async key => await spoil(join(folder, key))
    }
  }
})

t.test('a link somebody put into the folder is not followed', async t => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'secret'), 'secret')
  const storage = await openFolderStorage(join(folder, 'objects'))
  await symlink(join(folder, 'secret'), join(folder, 'objects', 'link'))
  t.equal(await storage.get('link'), null)
  for await (const { key } of storage.list('')) t.fail(`${key} is listed`)
})

t.test('putting and deleting beside each other in one folder', async t => {
  const storage = await openFolderStorage(await ownFolder(t))
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      await storage.put(`shared/${n}`, [Buffer.from(`${n}`)])
      if (n % 2 === 0) await storage.delete(`shared/${n}`)
    })
  )
  let left = 0
  for await (const { sizeBytes } of storage.list('shared/')) left += Math.sign(sizeBytes)
  t.equal(left, 30)
})

t.test('drafts of a server that died are removed a day later', async t => {
  const folder = await ownFolder(t)
  const storage = await openFolderStorage(folder)
  const waiting = join(folder, '.incoming')
  for (const name of ['old', 'young']) await writeFile(join(waiting, name), 'half')
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000)
  await utimes(join(waiting, 'old'), twoDaysAgo, twoDaysAgo)
  await storage.tidy(new AbortController().signal)
  t.same(await readdir(waiting), ['young'])
})

t.test('checksums are such as sha256sum reads, and go with their objects', async t => {
  const folder = await ownFolder(t)
  const storage = await openFolderStorage(folder)
  const sums = async () => await readdir(join(folder, '.sums'))
  for (const key of ['a/one', 'a/two']) await storage.put(key, [Buffer.from(key)])
  const lines = await Promise.all((await sums()).map(async name => await readFile(join(folder, '.sums', name), 'utf8')))
  await writeFile(join(folder, 'all'), lines.join(''))
  t.match(await promisify(execFile)('sha256sum', ['--check', 'all'], { cwd: folder }), { stdout: /a\/one: OK/ })
  await storage.put('a/one', [Buffer.from('another')])
  await storage.delete('a/two')
  t.equal((await sums()).length, 1)
})

t.test("what an operator puts in a file's place is taken as it is, and its sum goes a day later", async t => {
  const folder = await ownFolder(t)
  const storage = await openFolderStorage(folder, { olderThanMs: -60_000 })
  await storage.put('kept', [Buffer.from('kept')])
  await storage.put('replaced', [Buffer.from('as it was')])
  await writeFile(join(folder, 'replaced'), 'brought back')
  t.equal((await storage.stat('replaced'))?.sha256, undefined)
  t.equal(String(await buffer((await storage.get('replaced'))!.stream)), 'brought back')
  await (await openFolderStorage(folder)).tidy(new AbortController().signal)
  t.equal((await readdir(join(folder, '.sums'))).length, 2, 'it might be that of a put which is not over')
  await storage.tidy(new AbortController().signal)
  t.equal((await readdir(join(folder, '.sums'))).length, 1)
  t.ok((await storage.stat('kept'))?.sha256)
})
