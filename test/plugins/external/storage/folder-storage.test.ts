import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openFolderStorage } from '../../../../plugins/external/storage/folder-storage.ts'
import { storageSuite } from '../storage-suite.ts'

async function ownFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

storageSuite(t, {
  listed: 300,
  async prepare (t) {
    const folder = join(await ownFolder(t), 'objects')
    return { place: { home: 'folder', folder }, remains: async () => await readdir(join(folder, '.incoming')) }
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
  await Promise.all(Array.from({ length: 60 }, async (_, n) => {
    await storage.put(`shared/${n}`, [Buffer.from(`${n}`)])
    if (n % 2 === 0) await storage.delete(`shared/${n}`)
  }))
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
