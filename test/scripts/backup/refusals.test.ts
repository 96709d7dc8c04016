import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeBackup } from '../../../scripts/backup/make-backup.ts'
import { at, everything, filled, run, scratchFolder, type Thing } from './homes.ts'

const { settings, before, newFolder } = await filled(t)

t.test('what is there is replaced only when that is said', async t => {
  const folder = newFolder()
  await run('backup', settings, folder)
  const taken = { DATA_DIR: await scratchFolder(t) }
  await at(taken, async ({ db, storage }) => {
    await (await storage()).put('avatars/old/one', [Buffer.from('old')])
    await db.collection<Thing>('migrations').insertOne({ _id: '0001-session-device' })
  })
  t.match(await run('restore', taken, folder), {
    code: 1,
    complained: /There are 1 objects in the storage\. .*--overwrite/
  })
  await at(taken, async ({ db, storage }) => {
    await (await storage()).delete('avatars/old/one')
    await db.collection<Thing>('people').insertOne({ _id: 'old' })
  })
  t.match(await run('restore', taken, folder), { code: 1, complained: /There are people in embedded:.*--overwrite/ })
  t.match(
    await at(taken, async ({ db }) => await db.collection('people').find().toArray()),
    [{ _id: 'old' }],
    'and left alone'
  )
  await at(taken, async () =>
    t.match(
      await run('restore', taken, folder, '--overwrite'),
      { code: 1, complained: /in use by another server/ },
      'a server that runs keeps what it has'
    )
  )
  t.match(await run('restore', taken, folder, '--overwrite'), { code: 0 })
  t.same(Object.keys(await at(taken, everything)), Object.keys(before))
})

t.test('a damaged backup, and one of a newer version, are refused before anything is written', async t => {
  const folder = newFolder()
  await run('backup', settings, folder)
  const target = { DATA_DIR: await scratchFolder(t) }
  const path = join(folder, 'storage/songs/one/audio.opus')
  const bytes = await readFile(path)
  bytes[1000]! ^= 1
  await writeFile(path, bytes)
  t.match(await run('restore', target, folder), {
    code: 1,
    complained: /1 of 7 files are missing or damaged: .*audio\.opus/
  })
  t.match(await run('restore', target, folder, '--check'), { code: 1, complained: /missing or damaged/ })
  await rm(path)
  t.match(await run('restore', target, folder, '--overwrite'), { code: 1, complained: /missing or damaged/ })
  t.same(await readdir(target.DATA_DIR), [], 'nothing was begun')
  bytes[1000]! ^= 1
  await writeFile(path, bytes)
  t.match(await run('restore', target, folder, '--check'), { code: 0, said: /every file is as it was written/ })
  t.same(await readdir(target.DATA_DIR), [], 'a look changes nothing')

  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  for (const [change, complaint] of [
    [{ migrations: ['9999-from-the-future'] }, /newer than this one: its data went through 9999-from-the-future/],
    [{ format: 2 }, /made by a newer version/],
    [{ collections: 'none' }, /is damaged/]
  ] as const) {
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...change }))
    t.match(await run('restore', target, folder), { code: 1, complained: complaint })
  }
  t.match(await run('restore', target, join(folder, 'none')), { code: 1, complained: /no finished backup/ })
  t.same(await readdir(target.DATA_DIR), [])
})

t.test('a backup that was broken off is no backup, and is gone on with', async t => {
  const folder = newFolder()
  const quiet = { say() {}, begin: () => () => {}, end() {} }
  const options = { version: '1', isAlone: true, live: false, keysFrom: null, report: quiet }
  await at(settings, async home => {
    const storage = await home.storage()
    const away = {
      ...home,
      storage: async () => ({
        ...storage,
        get: async (key: string) =>
          key.startsWith('avatars') ? await storage.get(key) : await Promise.reject(new Error('away'))
      })
    }
    await t.rejects(makeBackup(away, folder, options), { message: 'away' })
  })
  t.match(await run('restore', { DATA_DIR: await scratchFolder(t) }, folder), {
    code: 1,
    complained: /no finished backup/
  })
  const read: string[] = []
  await at(settings, async home => {
    const storage = await home.storage()
    await storage.delete('avatars/a/empty')
    const watched = {
      ...home,
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
  t.same(read, ['songs/one/audio.opus'], 'what was there already is not read again')
  t.same(await readdir(join(folder, 'storage/avatars/a')), ['b'], 'what was deleted meanwhile is not in it')
  t.match(await run('backup', settings, folder), {
    code: 1,
    complained: /is not empty, and no backup that was broken off/
  })
})

t.test('where others write meanwhile it is no picture of one moment, and says so', async t => {
  const folder = newFolder()
  await at(settings, async home => {
    const { db } = home
    let n = 0
    const report = {
      say() {},
      begin: () => () => {},
      end() {
        writing = writing.then(async () => {
          await db.collection<Thing>('nothing-in-it').insertOne({ _id: `${n++}` })
        })
      }
    }
    let writing = Promise.resolve()
    const options = { version: '1', isAlone: false, live: false, keysFrom: null, report }
    await t.rejects(makeBackup(home, folder, options), {
      message: /Somebody wrote meanwhile \(nothing-in-it\).*--live/
    })
    t.equal(await makeBackup(home, folder, { ...options, live: true }), 'moving')
    await writing
    await db.collection('nothing-in-it').deleteMany({})
    t.equal(
      await makeBackup(home, newFolder(), { ...options, report: { say() {}, begin: () => () => {}, end() {} } }),
      'point',
      'quiet servers may go on running'
    )
  })
})

t.test("a storage that is not the server's is refused, and songs without their sound are told of", async t => {
  const own = { DATA_DIR: await scratchFolder(t) }
  await at(own, async ({ db, storage }) => {
    await db.collection<Thing>('songs').insertMany([
      { _id: 'a', state: 'ready' },
      { _id: 'b', state: 'ready' },
      { _id: 'c', state: 'processing' }
    ])
    await (await storage()).put('songs/a/audio.opus.ogg', [Buffer.from('sound')])
  })
  const folder = newFolder()
  t.match(await run('backup', { ...own, STORAGE_URL: 'gridfs:' }, folder), {
    code: 1,
    complained: /None of the 2 songs is in the storage\. Is STORAGE_URL/
  })
  t.match(await run('backup', own, folder), { code: 0, said: /1 songs have no sound/ })
})

t.test('an object that is damaged is named, and there is no backup until it is mended', async t => {
  const own = { DATA_DIR: await scratchFolder(t), STORAGE_URL: 'gridfs:' }
  await at(own, async ({ db, storage }) => {
    await (await storage()).put('avatars/a/b', [Buffer.from('a picture')])
    await db.collection<Thing>('people').insertOne({ _id: 'a' })
    await db.collection('storage.chunks').updateOne({ n: 0 }, { $set: { data: Buffer.from('a pixture') } })
  })
  const folder = newFolder()
  t.match(await run('backup', own, folder), {
    code: 1,
    complained:
      /^\nThe object avatars\/a\/b can't be copied: the bytes of avatars\/a\/b do not match their checksum\. Bring it back/
  })
  await at(own, async ({ storage }) => {
    await (await storage()).put('avatars/a/b', [Buffer.from('a picture')])
  })
  t.match(await run('backup', own, folder), { code: 0 })
})
