import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { copyKeys, generatedKeys, restoreKeys } from '../../../scripts/backup/keys.ts'
import { temporaryFolder } from './test-data.ts'

t.test('a key of the environment is neither read from a file nor written to one', async t => {
  const [from, folder] = [await temporaryFolder(t), await temporaryFolder(t)]
  const noKeys = {
    name: 'BackupError',
    message: /the server has not generated keys.*JWT_KEYS, TOKEN_KEYS, PUSH_VAPID_KEY/
  }
  await t.rejects(copyKeys(generatedKeys({}, from), folder), noKeys)
  for (const name of ['jwt-keys', 'token-keys', 'push-vapid-key']) await writeFile(join(from, name), `local:${name}\n`)
  await t.rejects(
    copyKeys(generatedKeys({ JWT_KEYS: 'a:b', TOKEN_KEYS: 'a:b', PUSH_VAPID_KEY: 'b' }, from), folder),
    noKeys
  )
  const entries = await copyKeys(generatedKeys({ JWT_KEYS: '' }, from), folder)
  t.same(
    entries.map(({ name }) => name),
    ['jwt-keys', 'token-keys', 'push-vapid-key']
  )
  for (const [setting, restored] of [
    ['JWT_KEYS', ['push-vapid-key', 'token-keys']],
    ['TOKEN_KEYS', ['jwt-keys', 'push-vapid-key']],
    ['PUSH_VAPID_KEY', ['jwt-keys', 'token-keys']]
  ] as const) {
    const to = await temporaryFolder(t)
    await restoreKeys(entries, folder, generatedKeys({ [setting]: 'a:b' }, to))
    t.same((await readdir(to)).sort(), restored)
  }
  await rm(join(from, 'jwt-keys'))
  await mkdir(join(from, 'jwt-keys'))
  await t.rejects(copyKeys(generatedKeys({}, from), folder), { code: 'EISDIR' }, 'an unreadable key is an error')
})
