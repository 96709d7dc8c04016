import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSpoolFile } from '../../../../plugins/app/recordings/spool-file.ts'
import { withFreeSpace } from '../../../../plugins/external/storage/free-space.ts'
import type { ObjectStorage } from '../../../../plugins/external/storage/object-storage.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { createShow, openRecordings, openStint, voicePages, writeStint } from './stints.ts'

const limitBytes = 600 * 1024
const { app, url } = await startApp(t, { LIMIT_RECORDING_BYTES: String(limitBytes) })
const speaker = await signIn(url, 'Speaker')

async function liveShow(creatorId?: string): Promise<{ showId: string; creatorId: string }> {
  const id = creatorId ?? (await signIn(url, 'Creator')).id
  return { showId: await createShow(app, id), creatorId: id }
}

t.test('a stint ends with the space of the creator, and what was written is stored', async t => {
  const { showId, creatorId } = await liveShow()
  const { file, failures } = await openStint(app, showId, speaker.id)
  for (const page of voicePages(300)) {
    file.append(page)
    if (failures.length > 0) break
    // Space is reserved ahead, faster than speech comes.
    await sleep(2)
  }
  await until(() => failures.length > 0)
  t.same(failures, ['quota'])
  await until(async () => (await app.recordings.stintsOf(showId)).length === 1)
  const [stint] = await app.recordings.stintsOf(showId)
  t.ok(stint!.sizeBytes > limitBytes / 3, 'most of the space was used')
  t.ok(stint!.sizeBytes <= limitBytes)
  t.same(await app.recordings.getSpace(creatorId), { usedBytes: stint!.sizeBytes, limitBytes })
  await file.close()
  t.same(failures, ['quota'], 'the failure is reported once')
})

t.test('stints of several shows of a creator share the space, also while they are written', async t => {
  const first = await liveShow()
  const second = await liveShow(first.creatorId)
  const a = await openStint(app, first.showId, speaker.id)
  const b = await openStint(app, second.showId, speaker.id)
  t.same([a.failures, b.failures], [[], []])
  const c = await openStint(app, second.showId, speaker.id)
  t.same(c.failures, ['quota'])
  // Nothing is left of it.
  await until(async () => (await app.db.collection('recordings').countDocuments({ showId: second.showId })) === 1)
  const other = await liveShow()
  t.same((await openStint(app, other.showId, speaker.id)).failures, [], 'another creator has space')
  await a.file.close()
  await b.file.close()
  await until(async () => (await app.recordings.getSpace(first.creatorId)).usedBytes === 0)
})

t.test('the floor of the disk ends a stint, and what was written is stored', async t => {
  const enough = 1000 + 1024 * 1024
  let freeBytes = enough
  const recordings = await openRecordings(t, app, {
    settings: { minFreeBytes: 1000, spoolFolder: join(app.config.DATA_DIR, 'small-disk') },
    readFreeBytes: async () => freeBytes
  })
  const { showId } = await liveShow()
  const { file, failures } = await openStint(recordings, showId, speaker.id)
  const pages = voicePages(3)
  file.append(Buffer.concat(pages.slice(0, 3)))
  await nextTurn()
  freeBytes = 999
  file.append(pages[3]!)
  file.append(pages[4]!)
  await until(() => failures.length > 0)
  await file.close()
  t.same(failures, ['full'])
  await until(async () => (await recordings.stintsOf(showId)).length === 1)
  t.ok((await recordings.stintsOf(showId))[0]!.durationMs >= 900)
  t.same((await openStint(recordings, showId, speaker.id)).failures, ['full'], 'another one does not begin')
  freeBytes = enough
  t.same((await writeStint(recordings, showId, speaker.id, 1)).failures, [])
  await until(async () => (await recordings.stintsOf(showId)).length === 2)
  t.equal(await app.db.collection('recordings').countDocuments({ showId }), 2)
})

t.test('a recording that ends with a full disk still fits into the storage on the same disk', async t => {
  const minFreeBytes = 1024 * 1024
  const disk = { capacity: 3 * 1024 * 1024, stored: 0 }
  const spoolFolder = join(app.config.DATA_DIR, 'shared-disk')
  const readFreeBytes = async () => {
    const names = await readdir(spoolFolder, { recursive: true })
    const sizes = await Promise.all(names.map(async name => await stat(join(spoolFolder, name)).catch(() => null)))
    return disk.capacity - disk.stored - sizes.reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0)
  }
  const checked = withFreeSpace(
    { ...app.storage, async removeLeftovers() {}, close() {} },
    { folder: spoolFolder, minFreeBytes, readFreeBytes }
  )
  const storage: ObjectStorage = {
    ...app.storage,
    async put(key, source) {
      const stored = await checked.put(key, source)
      disk.stored += stored.sizeBytes
      return stored
    }
  }
  const recordings = await openRecordings(t, app, {
    storage,
    readFreeBytes,
    settings: { limitBytes: 100 * 1024 * 1024, minFreeBytes, spoolFolder }
  })
  const { showId } = await liveShow()
  const { file, failures } = await openStint(recordings, showId, speaker.id)
  let appendedBytes = 0
  for (const page of voicePages(600)) {
    file.append(page)
    appendedBytes += page.length
    const isWritten = async () => disk.capacity - (await readFreeBytes()) >= appendedBytes
    await until(async () => failures.length > 0 || (await isWritten()))
    if (failures.length > 0) break
  }
  t.same(failures, ['full'])
  await file.close()
  await until(async () => (await recordings.stintsOf(showId)).length === 1)
  t.ok((await recordings.stintsOf(showId))[0]!.sizeBytes > 600_000, 'a good part of the disk was used')
  t.ok(disk.capacity - disk.stored >= minFreeBytes)
})

t.test('a disk that is stuck or full ends a stint, and no memory fills', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-spool-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const page = Buffer.alloc(4_000)

  async function open(appendFile: () => Promise<void>) {
    const errors: unknown[] = []
    const file = await openSpoolFile({
      paths: { audio: join(folder, 'a'), marks: join(folder, 'm') },
      async assertSpace() {},
      onFailed: error => errors.push(error),
      openFile: async () => ({ appendFile, async datasync() {}, async close() {} })
    })
    return { file, errors }
  }

  const stuck = Promise.withResolvers<void>()
  let calls = 0
  const { file, errors } = await open(async () => {
    calls++
    await stuck.promise
  })
  for (let n = 0; n < 131; n++) file.append(page)
  t.equal(errors.length, 0)
  file.append(page)
  t.match(errors, [/does not keep up: 524000 bytes wait/])
  for (let n = 0; n < 1000; n++) file.append(page)
  file.mark({ samples: 0, atMs: 0 })
  stuck.resolve()
  await file.close()
  t.equal(errors.length, 1)
  t.equal(calls, 1, 'what waited was dropped')

  const full = await open(async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  })
  full.file.append(page)
  await full.file.close()
  t.match(full.errors, [{ code: 'ENOSPC' }])
})
