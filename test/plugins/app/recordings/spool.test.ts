import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { startApp, until } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { createShow, markShow, openRecordings, openStint, voicePages, writeStint } from './stints.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const speaker = await signIn(url, 'Speaker')

const liveShow = async () => await createShow(app, creator.id)
const spool = join(app.config.DATA_DIR, 'recordings')
const spooled = async () => (await readdir(spool, { recursive: true })).filter(name => /\.(ogg|marks)$/.test(name))

t.test('a stint is written to the spool at once, and moved to the storage when it ends', async t => {
  const showId = await liveShow()
  const { file } = await openStint(app, showId, speaker.id, 1_800_000_000_000)
  const pages = voicePages(3)
  file.mark(0, 1_800_000_000_100)
  for (const page of pages.slice(0, -1)) file.append(page)
  await until(async () => {
    const [name] = (await spooled()).filter(name => name.endsWith('.ogg'))
    return name !== undefined && (await readFile(join(spool, name))).equals(Buffer.concat(pages.slice(0, -1)))
  })
  t.same(await app.recordings.stintsOf(showId), [])
  file.append(pages.at(-1)!)
  file.mark(96_000, 1_800_000_002_101.5)
  await file.close()
  await until(async () => (await app.recordings.stintsOf(showId)).length === 1)
  const [stint] = await app.recordings.stintsOf(showId)
  t.match(stint, {
    userId: speaker.id,
    startedAtMs: 1_800_000_000_000,
    durationMs: Math.round((3 * 48_000 - 312) / 48),
    sizeBytes: Buffer.concat(pages).length,
    marks: [
      { samples: 0, atMs: 1_800_000_000_100 },
      { samples: 96_000, atMs: 1_800_000_002_101.5 }
    ]
  })
  t.same(await buffer((await app.recordings.read(stint!))!), Buffer.concat(pages))
  await until(async () => (await spooled()).length === 0)
  t.equal((await app.recordings.getSpace(creator.id)).usedBytes, stint!.sizeBytes)
})

t.test('a show is complete when it has ended and its stints are stored, and listeners are told then', async t => {
  const told: string[] = []
  app.recordings.onChanged(async showId => {
    told.push(showId)
  })
  const showId = await liveShow()
  const stint = await openStint(app, showId, speaker.id)
  for (const page of voicePages(1)) stint.file.append(page)
  t.equal(await app.recordings.isComplete(showId), false)
  await markShow(app, showId, 'ended')
  t.equal(await app.recordings.isComplete(showId), false, 'a stint is being written')
  await app.recordings.tellLeftChanges()
  t.same(told, [])
  await stint.file.close()
  await until(() => told.includes(showId))
  t.equal(await app.recordings.isComplete(showId), true)
  t.equal((await app.recordings.stintsOf(showId)).length, 1)
})

t.test('the show that ends after its last stint was stored is told by maintenance', async t => {
  const told: string[] = []
  app.recordings.onChanged(async showId => {
    told.push(showId)
  })
  const showId = await liveShow()
  await writeStint(app, showId, speaker.id, 1)
  await until(async () => (await app.recordings.stintsOf(showId)).length === 1)
  t.same(told, [])
  await markShow(app, showId, 'ended')
  await app.recordings.tellLeftChanges()
  // The stint itself may just be telling it.
  await until(() => told.length > 0)
  t.same(told, [showId])
})

t.test('ten stints of a speaker', async t => {
  const showId = await liveShow()
  for (let n = 0; n < 10; n++) await writeStint(app, showId, speaker.id, 1, 1_800_000_000_000 + n * 60_000)
  await until(async () => (await app.recordings.stintsOf(showId)).length === 10)
  const stints = await app.recordings.stintsOf(showId)
  t.same(
    stints.map(({ startedAtMs }) => startedAtMs),
    Array.from({ length: 10 }, (_, n) => 1_800_000_000_000 + n * 60_000)
  )
})

t.test('a stint without audio leaves nothing', async () => {
  const showId = await liveShow()
  const { file } = await openStint(app, showId, speaker.id)
  for (const page of voicePages(1).slice(0, 2)) file.append(page)
  await file.close()
  await file.close()
  file.append(Buffer.alloc(5))
  await until(async () => (await app.db.collection('recordings').countDocuments({ showId })) === 0)
  await until(async () => (await spooled()).length === 0)
  await markShow(app, showId, 'ended')
  await until(async () => await app.recordings.isComplete(showId))
})

t.test('the stint of a speaker who is erased while it is written goes, and nothing more is written', async t => {
  // Without the beat of the application, which would end the stint a little later.
  const folder = join(app.config.DATA_DIR, 'without-beat')
  const recordings = await openRecordings(t, app, { settings: { spoolFolder: folder } })
  const filesIn = async () => (await readdir(folder, { recursive: true })).filter(name => name.includes('.'))
  const showId = await liveShow()
  const erased = await signIn(url, 'Erased')
  const { file, failures } = await openStint(recordings, showId, erased.id)
  const other = await openStint(recordings, showId, speaker.id)
  for (const page of voicePages(2)) {
    file.append(page)
    other.file.append(page)
  }
  await recordings.personalData.erase(erased.id)
  file.append(voicePages(1).at(-1)!)
  await until(async () => (await filesIn()).length === 2)
  t.equal(await app.db.collection('recordings').countDocuments({ userId: erased.id }), 0)
  await other.file.close()
  await until(async () => (await app.recordings.stintsOf(showId)).length === 1)
  t.same(failures, [])
  t.equal((await app.recordings.stintsOf(showId))[0]!.userId, speaker.id)
  const show = await app.db.collection<{ _id: string; held: object }>('recordedShows').findOne({ _id: showId })
  t.equal(Object.keys(show!.held).length, 1, 'its space is free again')
})

t.test('a stint that another server removed ends with the next beat', async t => {
  const showId = await liveShow()
  const { file } = await openStint(app, showId, speaker.id)
  for (const page of voicePages(1)) file.append(page)
  await app.db.collection('recordings').deleteMany({ showId })
  await app.recordings.beat()
  await until(async () => (await spooled()).length === 0)
  file.append(voicePages(1).at(-1)!)
  await file.close()
  t.same(await app.recordings.stintsOf(showId), [])
})
