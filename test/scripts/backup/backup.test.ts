import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import t from 'tap'
import { testAtNight } from '../../depth.ts'
import { createS3Client } from '../../../plugins/external/storage/s3-client.ts'
import { findS3Server } from '../../standins/s3/server.ts'
import { runScript } from '../run-command.ts'
import {
  filledServer,
  otherServer,
  readAll,
  runBackup,
  runRestore,
  temporaryFolder,
  withServerData
} from './test-data.ts'

const { settings, before, newFolder } = await filledServer(t)

t.test('a backup restores all data unchanged, also into another database and storage', async t => {
  const [first, second] = [newFolder(), newFolder()]
  t.match(await runScript('backup.ts', [first], settings), {
    code: 0,
    errors: '',
    output: /is a consistent backup of one/
  })
  t.equal((await stat(first)).mode & 0o777, 0o700)
  for (const entry of await readdir(first, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      t.equal(
        (await stat(join(entry.parentPath, entry.name))).mode & 0o077,
        0,
        `${entry.name} is readable by its owner only`
      )
    }
  }
  t.notOk(before['object import/artist/song.mp3'], 'objects for an import are not backed up')

  const target = await otherServer(t)
  t.match(await runScript('restore.ts', [first], target), {
    code: 0,
    errors: '',
    output: /1506 documents and 3 objects of .* hold nothing else/
  })
  t.match(await runBackup(target, second), { code: 0, errors: '' })
  const third = { DATA_DIR: await temporaryFolder(t) }
  t.match(await runRestore(third, second), { code: 0, errors: '' })
  const after = await withServerData(third, readAll)
  t.same(Object.keys(after), Object.keys(before))
  for (const name of Object.keys(before)) {
    t.ok(JSON.stringify(after[name]) === JSON.stringify(before[name]), `${name} is unchanged`)
  }
})

testAtNight(t, 'a backup can be restored into a bucket and made from it', async t => {
  const server = await findS3Server(t)
  if (!server) return
  const { endpoint, keys } = server
  const Bucket = `backup-${randomBytes(6).toString('hex')}`
  const client = createS3Client(
    { home: 's3', bucket: Bucket, prefix: '', endpoint, region: 'us-east-1', pathStyle: true },
    keys
  )
  await client.send(new CreateBucketCommand({ Bucket }))
  client.destroy()
  const target = {
    DATA_DIR: await temporaryFolder(t),
    STORAGE_URL: `s3://${Bucket}/live?endpoint=${endpoint}`,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey
  }
  const [first, second] = [newFolder(), newFolder()]
  await runBackup(settings, first)
  t.match(await runRestore(target, first), { code: 0, errors: '' })
  t.match(await runBackup(target, second), { code: 0, errors: '' })
  const objectsOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).objects
  t.same(await objectsOf(second), await objectsOf(first), 'the same keys, sizes and checksums')
})

t.test('--with-keys includes the keys, and a restore never replaces other keys', async t => {
  const folder = newFolder()
  await writeFile(join(settings.DATA_DIR, 'token-keys'), 'local:a-secret-of-this-machine\n', { mode: 0o600 })
  t.match(await runBackup(settings, folder, '--with-keys'), { code: 0 })
  t.notMatch(await readFile(join(folder, 'manifest.json'), 'utf8'), /a-secret/)
  const target = { DATA_DIR: await temporaryFolder(t) }
  await writeFile(join(target.DATA_DIR, 'token-keys'), 'local:another\n')
  t.match(await runRestore(target, folder), { code: 1, errors: /There is another .*token-keys/ })
  await rm(join(target.DATA_DIR, 'token-keys'))
  t.match(await runRestore(target, folder), { code: 0 })
  t.equal(await readFile(join(target.DATA_DIR, 'token-keys'), 'utf8'), 'local:a-secret-of-this-machine\n')
  t.equal((await stat(join(target.DATA_DIR, 'token-keys'))).mode & 0o777, 0o600)
})

t.test('invalid arguments print the usage, and invalid settings a message', async t => {
  for (const args of [
    ['a', 'b'],
    ['a', '--fast']
  ]) {
    t.match(await runBackup(settings, ...args), { code: 2, errors: /npm run backup -- FOLDER/ })
  }
  t.match(await runRestore(settings), { code: 2, errors: /npm run restore -- FOLDER/ })
  t.match(await runBackup({ DATA_DIR: await temporaryFolder(t) }, newFolder()), {
    code: 1,
    errors: /There is no store\.sqlite/
  })
  t.match(await runBackup({ ...settings, STORAGE_URL: 'ftp://x' }, newFolder()), {
    code: 1,
    errors: /STORAGE_URL/
  })
})
