import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { makeBackup } from '../../../scripts/backup/make-backup.ts'
import { readManifest, type Manifest } from '../../../scripts/backup/manifest.ts'
import { checkBackup } from '../../../scripts/backup/restore-backup.ts'
import { noReport, runRestore, temporaryFolder, withServerData, type TestDocument } from './test-data.ts'

const settings = { DATA_DIR: await temporaryFolder(t) }
const folder = join(await temporaryFolder(t), 'backup')
await withServerData(settings, async server => {
  await server.db.collection<TestDocument>('things').insertMany([{ _id: 'a' }, { _id: 'b' }])
  await (await server.storage()).put('avatars/a', [Buffer.from('a picture')])
  await makeBackup(server, folder, { version: '1', isAlone: true, live: false, keysFrom: null, report: noReport })
})
const path = join(folder, 'manifest.json')
const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'))
const things = manifest.collections[0]!
const object = manifest.objects[0]!
const outside = { key: '../db/things.bson', sizeBytes: things.sizeBytes, sha256: things.sha256 }

const countThings = async () =>
  await withServerData(settings, async ({ db }) => await db.collection('things').countDocuments())

t.test('a manifest that leads out of its folder or cannot be restored is rejected', async t => {
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
    [withThings({ count: 3 }), /"things" cannot be restored/],
    [withThings({ checksum: '0' }), /"things" cannot be restored/]
  ]
  for (const [change, message] of damaged) {
    await writeFile(path, JSON.stringify({ ...manifest, ...change }))
    await t.rejects(
      readManifest(folder).then(async read => await checkBackup(folder, read, [], noReport)),
      { message },
      JSON.stringify(change)
    )
  }
})

t.test('nothing is deleted for an invalid backup or a storage that fails to open', async t => {
  await writeFile(path, JSON.stringify({ ...manifest, objects: [outside] }))
  t.match(await runRestore(settings, folder, '--overwrite'), { code: 1, errors: /is damaged/ })
  await writeFile(path, JSON.stringify({ ...manifest, collections: [{ ...things, name: 'storage.files' }] }))
  t.match(await runRestore({ ...settings, STORAGE_URL: 'gridfs:' }, folder, '--overwrite'), {
    code: 1,
    errors: /Cannot restore the collection storage\.files/
  })
  await writeFile(path, JSON.stringify(manifest))
  const unreachable = { ...settings, STORAGE_URL: pathToFileURL(join(path, 'below')).href }
  t.match(await runRestore(unreachable, folder, '--overwrite'), {
    code: 1,
    errors: /Cannot open the storage of STORAGE_URL/
  })
  t.equal(await countThings(), 2)
})
