import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { makeBackup } from '../../../scripts/backup/make-backup.ts'
import { readManifest, type Manifest } from '../../../scripts/backup/manifest.ts'
import { checkBackup } from '../../../scripts/backup/restore-backup.ts'
import { at, run, scratchFolder, type Thing } from './homes.ts'

const report = { say() {}, begin: () => () => {}, end() {} }
const settings = { DATA_DIR: await scratchFolder(t) }
const folder = join(await scratchFolder(t), 'backup')
await at(settings, async home => {
  await home.db.collection<Thing>('things').insertMany([{ _id: 'a' }, { _id: 'b' }])
  await (await home.storage()).put('avatars/a', [Buffer.from('a picture')])
  await makeBackup(home, folder, { version: '1', isAlone: true, live: false, keysFrom: null, report })
})
const path = join(folder, 'manifest.json')
const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'))
const things = manifest.collections[0]!
const object = manifest.objects[0]!
const outside = { key: '../db/things.bson', sizeBytes: things.sizeBytes, sha256: things.sha256 }

const people = async () => await at(settings, async ({ db }) => await db.collection('things').countDocuments())

t.test('a backup that reaches out of its folder, or could not be put back, is refused', async t => {
  const withThings = (change: object) => ({ collections: [{ ...things, ...change }] })
  const damaged: [object, RegExp][] = [
    [{ objects: [outside] }, /is damaged/],
    [{ objects: [{ ...object, key: 'import/a' }] }, /is damaged/],
    [{ objects: [object, object] }, /is damaged/],
    [{ collections: [things, { ...things, file: 'other.bson' }] }, /is damaged/],
    [{ collections: [things, { ...things, name: 'other' }] }, /is damaged/],
    [withThings({ name: 'system.things' }), /is damaged/],
    [withThings({ file: '..' }), /is damaged/],
    [withThings({ file: '../db/things.bson' }), /is damaged/],
    [withThings({ count: 3 }), /"things" can't be put back/],
    [withThings({ checksum: '0' }), /"things" can't be put back/]
  ]
  for (const [change, message] of damaged) {
    await writeFile(path, JSON.stringify({ ...manifest, ...change }))
    await t.rejects(
      readManifest(folder).then(async read => await checkBackup(folder, read, [], report)),
      { message },
      JSON.stringify(change)
    )
  }
})

t.test(
  "and nothing is deleted for it, nor where the storage can't be opened: the command says so and ends",
  async t => {
    await writeFile(path, JSON.stringify({ ...manifest, objects: [outside] }))
    t.match(await run('restore', settings, folder, '--overwrite'), { code: 1, complained: /is damaged/ })
    await writeFile(path, JSON.stringify({ ...manifest, collections: [{ ...things, name: 'storage.files' }] }))
    t.match(await run('restore', { ...settings, STORAGE_URL: 'gridfs:' }, folder, '--overwrite'), {
      code: 1,
      complained: /storage\.files can't be put/
    })
    await writeFile(path, JSON.stringify(manifest))
    const away = { ...settings, STORAGE_URL: pathToFileURL(join(path, 'below')).href }
    t.match(await run('restore', away, folder, '--overwrite'), {
      code: 1,
      complained: /The storage \(STORAGE_URL\) can't be opened/
    })
    t.equal(await people(), 2)
  }
)
