import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import type { ObjectStorage } from '../../../../plugins/external/storage/object-storage.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { recordShow } from '../../../recorded-show.ts'
import { signIn } from '../../../users.ts'
import { createShow, openRecordings, voicePages, writeStint } from './stints.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const speaker = await signIn(url, 'Speaker')
const spoolFolder = join(app.config.DATA_DIR, 'recordings')
const startedAtMs = 1_800_000_000_000

const endedShow = async () => await createShow(app, creator.id, 'ended')

/** Stores that a stint is being written, as its server did before it died. */
async function beginStint(showId: string, stintId: string): Promise<void> {
  await app.db.collection<{ _id: string }>('recordings').insertOne({
    _id: stintId,
    showId,
    userId: speaker.id,
    state: 'writing',
    startedAt: new Date(startedAtMs),
    durationMs: 0,
    sizeBytes: 0,
    marks: []
  } as { _id: string })
  await app.db
    .collection<{ _id: string }>('recordedShows')
    .insertOne({ _id: showId, creatorId: creator.id, held: {}, changes: 1, hasUntoldChange: true } as { _id: string })
}

/** Makes the folder of a process on another machine, which was last touched some time ago. */
async function foreignFolder(name: string, files: Record<string, Buffer | string>, ageMs: number): Promise<void> {
  const folder = join(spoolFolder, name)
  await mkdir(folder)
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content)
  const touchedAt = new Date(Date.now() - ageMs)
  await utimes(folder, touchedAt, touchedAt)
}

t.test('after SIGKILL of its server, a stint is stored up to the last page', async t => {
  const showId = await endedShow()
  await beginStint(showId, 'killed')
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'spool-writer.ts'), spoolFolder, 'killed', String(startedAtMs)],
    {
      stdio: ['ignore', 'pipe', 'inherit']
    }
  )
  let written = 0
  for await (const line of createInterface(child.stdout)) {
    written = Number(line)
    if (written === 100) break
  }
  await app.recordings.recover()
  t.equal(await app.recordings.isComplete(showId), false, 'the spool of a living process is left alone')
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  await app.recordings.recover()
  await until(async () => await app.recordings.isComplete(showId))
  const [stint] = await app.recordings.stintsOf(showId)
  // A page has a second and comes every 5 ms.
  t.ok(stint!.durationMs >= (written - 20) * 1000, `${stint!.durationMs} ms of ${written} s`)
  t.ok(stint!.marks.length >= written - 20)
  t.same(stint!.marks[1], { samples: 48_000, atMs: startedAtMs + 1000 })
  t.equal((await buffer((await app.recordings.read(stint!))!)).length, stint!.sizeBytes)
})

t.test('a torn page and a torn mark are cut off', async t => {
  const showId = await endedShow()
  await beginStint(showId, 'torn')
  const pages = voicePages(4)
  const damaged = Buffer.from(pages[4]!)
  damaged[100]! ^= 1
  await foreignFolder(
    'another-machine',
    {
      'torn.ogg': Buffer.concat([...pages.slice(0, 4), damaged, pages[5]!.subarray(0, 900)]),
      'torn.marks': `[0,${startedAtMs + 7}]\n[48000,${startedAtMs + 1007.5}]\n[9600000,${startedAtMs}]\n[96000,18000`
    },
    180_000
  )
  await app.recordings.recover()
  await until(async () => await app.recordings.isComplete(showId))
  const [stint] = await app.recordings.stintsOf(showId)
  t.equal(stint!.sizeBytes, Buffer.concat(pages.slice(0, 4)).length)
  t.equal(stint!.durationMs, Math.round((96_000 - 312) / 48))
  t.same(stint!.marks, [
    { samples: 0, atMs: startedAtMs + 7 },
    { samples: 48_000, atMs: startedAtMs + 1007.5 }
  ])
})

t.test('the folder of an unknown process is left alone while it is touched', async t => {
  const showId = await endedShow()
  await beginStint(showId, 'elsewhere')
  await foreignFolder('living-machine', { 'elsewhere.ogg': Buffer.concat(voicePages(1)) }, 60_000)
  await app.recordings.recover()
  t.same(await readdir(join(spoolFolder, 'living-machine')), ['elsewhere.ogg'])
  t.equal(await app.recordings.isComplete(showId), false)
  await utimes(join(spoolFolder, 'living-machine'), 0, 0)
  await app.recordings.recover()
  await until(async () => await app.recordings.isComplete(showId))
  const [stint] = await app.recordings.stintsOf(showId)
  t.same(stint!.marks, [{ samples: 0, atMs: startedAtMs }], 'without marks, the start counts')
})

t.test('the stint of an erased speaker is not stored when its server comes back', async t => {
  const showId = await endedShow()
  // Its server died after the bytes were put, while the person was being erased.
  const key = `recordings/${showId}/erased.opus.ogg`
  await app.storage.put(key, voicePages(1))
  const files = { 'erased.ogg': Buffer.concat(voicePages(1)), 'erased.marks': `{"showId":"${showId}"}\n[0,5]\n` }
  await foreignFolder('came-back', files, 180_000)
  await app.recordings.recover()
  await until(async () => (await readdir(spoolFolder, { recursive: true })).every(name => !name.includes('erased')))
  t.equal(await app.storage.stat(key), null)
})

t.test('while the storage is away, stints wait in the spool, also over a restart', async t => {
  let isAway = true
  const storage: ObjectStorage = {
    ...app.storage,
    async put(key, source) {
      if (isAway) throw new Error('the storage is away')
      return await app.storage.put(key, source)
    }
  }
  const settings = { spoolFolder: join(app.config.DATA_DIR, 'away') }
  const first = await openRecordings(t, app, { storage, settings })
  const showId = await endedShow()
  await writeStint(first, showId, speaker.id, 2)
  const other = await endedShow()
  await writeStint(first, other, speaker.id, 2)
  t.equal(first.countPending(), 2)
  await first.close()
  t.equal(await app.recordings.isComplete(showId), false)
  await writeFile(join(settings.spoolFolder, 'stray'), 'no folder')
  await utimes(join(settings.spoolFolder, 'stray'), 0, 0)
  const second = await openRecordings(t, app, { storage, settings })
  await second.recover()
  isAway = false
  await until(async () => (await app.recordings.isComplete(showId)) && (await app.recordings.isComplete(other)))
  t.match(await app.recordings.stintsOf(showId), [{ durationMs: Math.round((96_000 - 312) / 48) }])
})

t.test('a stint in the spool of a lost server is waited for, for a day', async t => {
  const showId = await endedShow()
  await beginStint(showId, 'lost')
  await app.db.collection<{ _id: string }>('recordedShows').updateOne({ _id: showId }, { $set: { 'held.lost': 1000 } })
  let nowMs = Date.now()
  const recordings = await openRecordings(t, app, { nowMs: () => nowMs })
  const told: string[] = []
  recordings.onChanged(async id => {
    told.push(id)
  })
  nowMs += 23 * 3_600_000
  await recordings.tellLeftChanges()
  t.notOk(told.includes(showId))
  nowMs += 2 * 3_600_000
  await recordings.tellLeftChanges()
  t.ok(told.includes(showId))
  t.equal(await recordings.isComplete(showId), true)
  const show = await app.db.collection<{ _id: string }>('recordedShows').findOne({ _id: showId })
  t.match(show, { held: {} }, 'it takes no space')
  await foreignFolder('late', { 'lost.ogg': Buffer.concat(voicePages(1)) }, 180_000)
  await recordings.recover()
  await until(() => told.filter(id => id === showId).length === 2)
  t.equal((await recordings.stintsOf(showId)).length, 1, 'it is stored when it comes back later')
})

t.test('recordings are deleted some days after the end of their show', async t => {
  let nowMs = Date.now()
  const recordings = await openRecordings(t, app, { nowMs: () => nowMs, settings: { retentionDays: 30 } })
  const told: string[] = []
  recordings.onChanged(async id => {
    told.push(id)
  })
  const { showId } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 60_000,
    stints: [{ userId: speaker.id, atMs: 0, durationMs: 500 }]
  })
  nowMs += 29 * 24 * 3_600_000
  await recordings.removeLeftovers()
  const [stint] = await recordings.stintsOf(showId)
  t.ok(stint)
  nowMs += 24 * 3_600_000 + 60_000
  await recordings.removeLeftovers()
  t.ok(told.includes(showId))
  t.equal(await recordings.read(stint!), null)
  t.equal(await app.db.collection('recordings').countDocuments({ showId }), 0)
  t.equal(await app.db.collection<{ _id: string }>('recordedShows').countDocuments({ _id: showId }), 0)
})
