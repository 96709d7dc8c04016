import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeBackup } from '../../../scripts/backup/make-backup.ts'
import { readManifest } from '../../../scripts/backup/manifest.ts'
import { damage, startDamagingStore } from '../../store/damaging-store.ts'
import { runScript } from '../run-command.ts'
import {
  filledServer,
  noReport,
  readAll,
  runBackup,
  runRestore,
  temporaryFolder,
  withServerData,
  type TestDocument
} from './test-data.ts'

const { settings, before, newFolder } = await filledServer(t)

t.test('existing data is replaced only with --overwrite', async t => {
  const folder = newFolder()
  await runBackup(settings, folder)
  const target = { DATA_DIR: await temporaryFolder(t) }
  await withServerData(target, async ({ db, storage }) => {
    await (await storage()).put('avatars/old/one', [Buffer.from('old')])
    await db.collection<TestDocument>('migrations').insertOne({ _id: '0001-session-device' })
  })
  t.match(await runRestore(target, folder), {
    code: 1,
    errors: /The storage already has objects \(1\)\. .*--overwrite/
  })
  await withServerData(target, async ({ db, storage }) => {
    await (await storage()).delete('avatars/old/one')
    await db.collection<TestDocument>('people').insertOne({ _id: 'old' })
  })
  t.match(await runRestore(target, folder), {
    code: 1,
    errors: /embedded:.* already has documents in people\..*--overwrite/
  })
  t.match(
    await withServerData(target, async ({ db }) => await db.collection('people').find().toArray()),
    [{ _id: 'old' }],
    'the existing data is unchanged'
  )
  await withServerData(target, async () =>
    t.match(
      await runScript('restore.ts', [folder, '--overwrite'], target),
      { code: 1, errors: /in use by another server/ },
      'the data of a running server is not replaced'
    )
  )
  t.match(await runRestore(target, folder, '--overwrite'), { code: 0 })
  t.same(Object.keys(await withServerData(target, readAll)), Object.keys(before))
})

t.test('a damaged backup and one of a newer version are rejected before any change', async t => {
  const folder = newFolder()
  await runBackup(settings, folder)
  const target = { DATA_DIR: await temporaryFolder(t) }
  const path = join(folder, 'storage/songs/one/audio.opus')
  const bytes = await readFile(path)
  bytes[1000]! ^= 1
  await writeFile(path, bytes)
  t.match(await runRestore(target, folder), {
    code: 1,
    errors: /1 of 7 files are missing or damaged: .*audio\.opus/
  })
  t.match(await runRestore(target, folder, '--check'), { code: 1, errors: /missing or damaged/ })
  await rm(path)
  t.match(await runRestore(target, folder, '--overwrite'), { code: 1, errors: /missing or damaged/ })
  t.same(await readdir(target.DATA_DIR), [], 'nothing was written')
  bytes[1000]! ^= 1
  await writeFile(path, bytes)
  t.match(await runRestore(target, folder, '--check'), { code: 0, output: /every file is intact/ })
  t.same(await readdir(target.DATA_DIR), [], '--check changes nothing')

  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  for (const [change, errors] of [
    [{ migrations: ['9999-from-the-future'] }, /newer than this one: it has the migrations 9999-from-the-future/],
    [{ format: 2 }, /made by a newer version/],
    [{ collections: 'none' }, /is damaged/]
  ] as const) {
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...change }))
    t.match(await runRestore(target, folder), { code: 1, errors })
  }
  t.match(await runRestore(target, join(folder, 'none')), { code: 1, errors: /no finished backup/ })
  t.same(await readdir(target.DATA_DIR), [])
})

t.test('an interrupted backup is not a backup, and can be continued', async t => {
  const folder = newFolder()
  const options = { version: '1', isAlone: true, live: false, keysFrom: null, report: noReport }
  await withServerData(settings, async server => {
    const storage = await server.storage()
    const failing = {
      ...server,
      storage: async () => ({
        ...storage,
        get: async (key: string) =>
          key.startsWith('avatars') ? await storage.get(key) : await Promise.reject(new Error('storage failed'))
      })
    }
    await t.rejects(makeBackup(failing, folder, options), { message: 'storage failed' })
  })
  t.match(await runRestore({ DATA_DIR: await temporaryFolder(t) }, folder), {
    code: 1,
    errors: /no finished backup/
  })
  const read: string[] = []
  await withServerData(settings, async server => {
    const storage = await server.storage()
    await storage.delete('avatars/a/empty')
    const watched = {
      ...server,
      storage: async () => ({
        ...storage,
        get: async (key: string) => {
          read.push(key)
          return await storage.get(key)
        }
      })
    }
    await makeBackup(watched, folder, options)
    await storage.put('avatars/a/empty', [])
  })
  t.same(read, ['songs/one/audio.opus'], 'a complete object is not read again')
  t.same(await readdir(join(folder, 'storage/avatars/a')), ['b'], 'a deleted object is not in the backup')
  t.match(await runBackup(settings, folder), {
    code: 1,
    errors: /is neither empty nor an interrupted backup/
  })
})

t.test('a backup is rejected when others write during it, except with --live', async t => {
  const folder = newFolder()
  await withServerData(settings, async server => {
    const { db } = server
    let n = 0
    const report = {
      ...noReport,
      finish() {
        writing = writing.then(async () => {
          await db.collection<TestDocument>('empty').insertOne({ _id: `${n++}` })
        })
      }
    }
    let writing = Promise.resolve()
    const options = { version: '1', isAlone: false, live: false, keysFrom: null, report }
    await t.rejects(makeBackup(server, folder, options), {
      message: /The database changed during the backup \(empty\).*--live/
    })
    t.equal(await makeBackup(server, folder, { ...options, live: true }), 'moving')
    await writing
    await db.collection('empty').deleteMany({})
    t.equal(
      await makeBackup(server, newFolder(), { ...options, report: noReport }),
      'point',
      'a running server without writes is fine'
    )
  })
})

t.test('the storage of another server is rejected, and songs without audio are reported', async t => {
  const own = { DATA_DIR: await temporaryFolder(t) }
  await withServerData(own, async ({ db, storage }) => {
    await db.collection<TestDocument>('songs').insertMany([
      { _id: 'a', state: 'ready' },
      { _id: 'b', state: 'ready' },
      { _id: 'c', state: 'processing' }
    ])
    await (await storage()).put('songs/a/audio.opus.ogg', [Buffer.from('sound')])
  })
  const folder = newFolder()
  t.match(await runBackup({ ...own, STORAGE_URL: 'gridfs:' }, folder), {
    code: 1,
    errors: /The storage has audio for none of the 2 songs\. Is STORAGE_URL/
  })
  t.match(await runBackup(own, folder), { code: 0, output: /1 songs have no audio/ })
})

t.test('a damaged object is named, left out, and added once it is repaired', async t => {
  const own = { DATA_DIR: await temporaryFolder(t), STORAGE_URL: 'gridfs:' }
  await withServerData(own, async ({ db, storage }) => {
    for (const key of ['avatars/a/b', 'avatars/a/c']) await (await storage()).put(key, [Buffer.from('a picture')])
    await db.collection<TestDocument>('people').insertOne({ _id: 'a' })
    const damaged = await db.collection('storage.files').findOne({ filename: 'avatars/a/b' })
    await db
      .collection('storage.chunks')
      .updateOne({ files_id: damaged!._id }, { $set: { data: Buffer.from('a pixture') } })
  })
  const folder = newFolder()
  t.match(await runBackup(own, folder), {
    code: 1,
    errors:
      /^\nThe backup holds everything but 1 objects .*:\n {2}avatars\/a\/b: the bytes of avatars\/a\/b do not match/
  })
  t.same(
    (await readManifest(folder)).objects.map(({ key }) => key),
    ['avatars/a/c'],
    'the others are in the backup'
  )
  await withServerData(own, async ({ storage }) => {
    await (await storage()).put('avatars/a/b', [Buffer.from('a picture')])
  })
  t.match(await runBackup(own, folder), { code: 0 })
  t.equal((await readManifest(folder)).objects.length, 2)
})

t.test('a damaged document is named, left out, and added once it is repaired', async t => {
  const { url, db } = await startDamagingStore(t)
  const own = { MONGODB_URL: url, DATA_DIR: await temporaryFolder(t) }
  const people = db.collection<{ _id: string; text?: string }>('people')
  await people.insertMany([{ _id: 'a' }, { _id: 'b', text: `some ${damage} text` }, { _id: 'c' }])
  const folder = newFolder()
  t.match(await runBackup(own, folder), {
    code: 1,
    errors:
      /^\nThe backup holds everything but 1 documents that cannot be read:\n {2}document "b" of "people": its bytes/
  })
  t.match((await readManifest(folder)).collections, [{ name: 'people', count: 2 }], 'the others are in the backup')
  await people.updateOne({ _id: 'b' }, { $set: { text: 'repaired' } })
  t.match(await runBackup(own, folder), { code: 0 })
  t.match((await readManifest(folder)).collections, [{ count: 3 }])
})

t.test('a folder that cannot be written ends a backup', async t => {
  const own = { DATA_DIR: await temporaryFolder(t), STORAGE_URL: 'gridfs:' }
  await withServerData(own, async ({ db, storage }) => {
    await (await storage()).put('avatars/a/b', [Buffer.from('a picture')])
    await db.collection<TestDocument>('people').insertOne({ _id: 'a' })
  })
  const folder = newFolder()
  await mkdir(join(folder, 'storage'), { recursive: true })
  await writeFile(join(folder, 'UNFINISHED'), '')
  await writeFile(join(folder, 'storage', 'avatars'), 'a file where a folder has to be')
  const { code, errors } = await runBackup(own, folder)
  t.equal(code, 1)
  t.notMatch(errors, /holds everything but/)
})

t.test('snapshots of live shows are copied before the log', async t => {
  const order: string[] = []
  await withServerData(settings, async server => {
    for (const name of ['showEvents', 'showSnapshots']) {
      await server.db.collection<TestDocument>(name).insertOne({ _id: 'a' })
    }
    const report = {
      ...noReport,
      start(task: string) {
        order.push(task.split(':')[0] ?? '')
        return noReport.start(task)
      }
    }
    await makeBackup(server, newFolder(), { version: '1', isAlone: true, live: false, keysFrom: null, report })
  })
  t.ok(order.includes('showEvents'))
  t.ok(order.indexOf('showSnapshots') < order.indexOf('showEvents'), order.join())
  t.ok(order.includes('showSnapshots'))
})
