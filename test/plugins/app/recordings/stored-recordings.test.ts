import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'
import { recordShow } from '../../../recorded-show.ts'
import { probe } from '../../../songs/files.ts'
import { signIn } from '../../../users.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const guest = await signIn(url, 'Guest')

t.test('stored stints are read by time, with their audio and marks', async t => {
  const told: string[] = []
  app.recordings.onChanged(async showId => {
    told.push(showId)
  })
  const { showId, startedAtMs, stintIds } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 60_000,
    stints: [
      { userId: guest.id, atMs: 20_000, durationMs: 10_000, frequency: 880, driftPpm: 100 },
      { userId: creator.id, atMs: 1_000, durationMs: 3_000, frequency: 440 }
    ]
  })
  t.same(told, [showId])
  t.equal(await app.recordings.isComplete(showId), true)
  const stints = await app.recordings.stintsOf(showId)
  t.match(stints, [
    { id: stintIds[1], userId: creator.id, startedAtMs: startedAtMs + 1_000, durationMs: 3_000 },
    { id: stintIds[0], userId: guest.id, startedAtMs: startedAtMs + 20_000, durationMs: 10_001 }
  ])
  t.same(stints[1]!.marks.slice(0, 2), [
    { samples: 0, atMs: startedAtMs + 20_000 },
    { samples: 240_024, atMs: startedAtMs + 25_000 }
  ])
  const audio = await buffer((await app.recordings.read(stints[0]!))!)
  t.equal(audio.length, stints[0]!.sizeBytes)
  t.match(await probe(audio), { codec: 'opus', channels: 1, durationMs: 3_007 })

  await app.recordings.deleteOf(showId)
  t.same(await app.recordings.stintsOf(showId), [])
  t.equal(await app.recordings.read(stints[0]!), null)
  t.same(told, [showId, showId])
})

t.test('a failing listener is repeated', async t => {
  let calls = 0
  app.recordings.onChanged(async () => {
    if (++calls === 1) throw new Error('on purpose')
  })
  await recordShow(app, {
    creatorId: creator.id,
    durationMs: 5_000,
    stints: [{ userId: creator.id, atMs: 0, durationMs: 200 }]
  })
  t.equal(calls, 1)
  await app.db.collection('recordedShows').updateMany({ hasUntoldChange: true }, { $set: { tellAt: new Date(0) } })
  await app.recordings.tellLeftChanges()
  t.equal(calls, 2)
  await app.recordings.tellLeftChanges()
  t.equal(calls, 2, 'a change that was followed is not told again')
})
