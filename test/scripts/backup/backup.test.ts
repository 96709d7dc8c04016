import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import t from 'tap'
import { createS3Client } from '../../../plugins/external/storage/s3-client.ts'
import { s3Server } from '../../standins/s3/server.ts'
import { at, elsewhere, everything, filled, run, scratchFolder } from './homes.ts'

const { settings, before, newFolder } = await filled(t)

t.test('all of it is in the backup, and comes back as it was, also into other homes', async t => {
  const [first, second] = [newFolder(), newFolder()]
  t.match(await run('backup', settings, first), { code: 0, complained: '', said: /is a backup of one moment/ })
  t.equal((await stat(first)).mode & 0o777, 0o700)
  for (const entry of await readdir(first, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      t.equal(
        (await stat(join(entry.parentPath, entry.name))).mode & 0o077,
        0,
        `${entry.name} is readable by nobody else`
      )
    }
  }
  t.notOk(before['object import/artist/song.mp3'], 'what operators put there to import is theirs')

  const there = await elsewhere(t)
  t.match(await run('restore', there, first), {
    code: 0,
    complained: '',
    said: /1506 documents and 3 objects of .* and nothing else/
  })
  t.match(await run('backup', there, second), { code: 0, complained: '' })
  const last = { DATA_DIR: await scratchFolder(t) }
  t.match(await run('restore', last, second), { code: 0, complained: '' })
  const after = await at(last, everything)
  t.same(Object.keys(after), Object.keys(before))
  for (const name of Object.keys(before)) {
    t.ok(JSON.stringify(after[name]) === JSON.stringify(before[name]), `${name} is as it was`)
  }
})

t.test('so it does into a bucket and out of it', async t => {
  const server = await s3Server(t)
  if (!server) return
  const { endpoint, keys } = server
  const Bucket = `keeping-${randomBytes(6).toString('hex')}`
  const client = createS3Client(
    { home: 's3', bucket: Bucket, prefix: '', endpoint, region: 'us-east-1', pathStyle: true },
    keys
  )
  await client.send(new CreateBucketCommand({ Bucket }))
  client.destroy()
  const there = {
    DATA_DIR: await scratchFolder(t),
    STORAGE_URL: `s3://${Bucket}/live?endpoint=${endpoint}`,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey
  }
  const [first, second] = [newFolder(), newFolder()]
  await run('backup', settings, first)
  t.match(await run('restore', there, first), { code: 0, complained: '' })
  t.match(await run('backup', there, second), { code: 0, complained: '' })
  const objectsOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).objects
  t.same(await objectsOf(second), await objectsOf(first), 'the same keys, sizes and checksums')
})

t.test('keys go along when they are asked for, and are never replaced by the way', async t => {
  const folder = newFolder()
  await writeFile(join(settings.DATA_DIR, 'token-keys'), 'local:a-secret-of-this-machine\n', { mode: 0o600 })
  t.match(await run('backup', settings, folder, '--with-keys'), { code: 0 })
  t.notMatch(await readFile(join(folder, 'manifest.json'), 'utf8'), /a-secret/)
  const target = { DATA_DIR: await scratchFolder(t) }
  await writeFile(join(target.DATA_DIR, 'token-keys'), 'local:another\n')
  t.match(await run('restore', target, folder), { code: 1, complained: /There is another .*token-keys/ })
  await rm(join(target.DATA_DIR, 'token-keys'))
  t.match(await run('restore', target, folder), { code: 0 })
  t.equal(await readFile(join(target.DATA_DIR, 'token-keys'), 'utf8'), 'local:a-secret-of-this-machine\n')
  t.equal((await stat(join(target.DATA_DIR, 'token-keys'))).mode & 0o777, 0o600)
})

t.test('what makes no sense is answered with how it is done', async t => {
  for (const args of [
    ['a', 'b'],
    ['a', '--fast']
  ]) {
    t.match(await run('backup', settings, ...args), { code: 2, complained: /npm run backup -- FOLDER/ })
  }
  t.match(await run('restore', settings), { code: 2, complained: /npm run restore -- FOLDER/ })
  t.match(await run('backup', { DATA_DIR: await scratchFolder(t) }, newFolder()), {
    code: 1,
    complained: /There is no store\.sqlite/
  })
  t.match(await run('backup', { ...settings, STORAGE_URL: 'ftp://x' }, newFolder()), {
    code: 1,
    complained: /STORAGE_URL/
  })
})
