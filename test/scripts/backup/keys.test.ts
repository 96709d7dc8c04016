import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { copyKeys, ownKeys, restoreKeys } from '../../../scripts/backup/keys.ts'
import { scratchFolder } from './homes.ts'

t.test('a key that the environment gives is neither taken from a file nor written into one', async t => {
  const [from, folder] = [await scratchFolder(t), await scratchFolder(t)]
  const nothing = { name: 'KeepingError', message: /there are no keys of the server's own.*JWT_KEYS, TOKEN_KEYS/ }
  await t.rejects(copyKeys(ownKeys({}, from), folder), nothing)
  for (const name of ['jwt-keys', 'token-keys']) await writeFile(join(from, name), `local:${name}\n`)
  await t.rejects(copyKeys(ownKeys({ JWT_KEYS: 'a:b', TOKEN_KEYS: 'a:b' }, from), folder), nothing)
  const entries = await copyKeys(ownKeys({ JWT_KEYS: '' }, from), folder)
  t.same(
    entries.map(({ name }) => name),
    ['jwt-keys', 'token-keys']
  )
  for (const [setting, restored] of [
    ['JWT_KEYS', 'token-keys'],
    ['TOKEN_KEYS', 'jwt-keys']
  ] as const) {
    const to = await scratchFolder(t)
    await restoreKeys(entries, folder, ownKeys({ [setting]: 'a:b' }, to))
    t.same(await readdir(to), [restored])
  }
  await rm(join(from, 'jwt-keys'))
  await mkdir(join(from, 'jwt-keys'))
  await t.rejects(copyKeys(ownKeys({}, from), folder), { code: 'EISDIR' }, "one that can't be read is not passed over")
})
