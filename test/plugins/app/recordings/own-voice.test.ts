import t from 'tap'
import type { OwnVoice, RecordingSpace } from '../../../../contract/recordings.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { recordShow } from '../../../recorded-show.ts'
import { call, signIn } from '../../../users.ts'
import { mixedReplay } from '../replays/recorded.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const speaker = await signIn(url, 'Speaker')
const { showId, stintIds, startedAtMs } = await recordShow(app, {
  creatorId: creator.id,
  durationMs: 60_000,
  stints: [
    { userId: speaker.id, atMs: 30_000, durationMs: 2_000 },
    { userId: creator.id, atMs: 0, durationMs: 1_000 },
    { userId: speaker.id, atMs: 10_000, durationMs: 1_000 }
  ]
})
const mine = async (token: string) =>
  await call<OwnVoice>(url, 'GET', `/v1/shows/${showId}/recording/mine`, undefined, token)
const get = async (path: string, headers: Record<string, string> = {}) => await fetch(url + path, { headers })

t.test('a speaker finds the own stints by time, and hears them by ticket and by token', async t => {
  const { items } = await mine(speaker.token)
  t.match(items, [
    { id: stintIds[2], startedAt: new Date(startedAtMs + 10_000).toISOString(), durationMs: 1_000 },
    { id: stintIds[0], startedAt: new Date(startedAtMs + 30_000).toISOString(), durationMs: 2_000 }
  ])
  t.equal((await mine(creator.token)).items.length, 1)
  const whole = await get(items[0]!.audioUrl)
  t.equal(whole.status, 200)
  t.equal(whole.headers.get('content-type'), 'audio/ogg')
  const bytes = Buffer.from(await whole.arrayBuffer())
  t.equal(bytes.length, items[0]!.sizeBytes)
  t.equal(bytes.subarray(0, 4).toString(), 'OggS')
  const part = await get(`/v1/recordings/${stintIds[2]}/audio`, {
    authorization: `Bearer ${speaker.token}`,
    range: 'bytes=100-199'
  })
  t.equal(part.status, 206)
  t.equal(part.headers.get('content-range'), `bytes 100-199/${bytes.length}`)
  t.same(Buffer.from(await part.arrayBuffer()), bytes.subarray(100, 200))
})

t.test('nobody else gets a voice', async t => {
  const [stint] = (await mine(speaker.token)).items
  const ticket = new URL(stint!.audioUrl, url).searchParams.get('ticket')!
  const path = `/v1/recordings/${stint!.id}/audio`
  t.equal((await get(path)).status, 401)
  t.equal((await get(path, { authorization: `Bearer ${creator.token}` })).status, 404, 'not even the creator')
  t.equal((await get(`/v1/recordings/${stintIds[1]}/audio?ticket=${ticket}`)).status, 401, 'a ticket for another stint')
  const song = `/v1/songs/${stint!.id}/audio?ticket=${ticket}`
  t.equal((await get(song)).status, 401, 'a ticket for a recording is none for a song')
  const stranger = await signIn(url, 'Stranger')
  t.same(await mine(stranger.token), { items: [] })
})

t.test('the space counts for the creator', async t => {
  const space = async (token: string) =>
    await call<RecordingSpace>(url, 'GET', '/v1/recordings/space', undefined, token)
  const stints = await app.recordings.stintsOf(showId)
  const replay = await mixedReplay(app, creator, showId)
  const usedBytes = [...stints, ...replay.audio].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  t.equal(replay.audio.length, 2)
  t.same(await space(creator.token), { usedBytes, limitBytes: app.config.LIMIT_RECORDING_BYTES })
  t.equal((await space(speaker.token)).usedBytes, 0)
  await creator.rest('DELETE', `/v1/shows/${showId}/replay`)
  t.equal((await space(creator.token)).usedBytes, 0, 'nothing is left')
})

t.test('a person exports the own voice, and their erasure removes it', async t => {
  const stranger = await signIn(url, 'Leaving')
  const { showId, stintIds } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 5_000,
    stints: [
      { userId: stranger.id, atMs: 0, durationMs: 1_000 },
      { userId: creator.id, atMs: 0, durationMs: 1_000 }
    ]
  })
  const exported = await call<{ recordings: object[] }>(url, 'GET', '/v1/users/me/export', undefined, stranger.token)
  t.match(exported.recordings, [{ id: stintIds[0], showId, audioUrl: `/v1/recordings/${stintIds[0]}/audio` }])
  const told: string[] = []
  app.recordings.onChanged(async id => {
    told.push(id)
  })
  const before = await app.recordings.stintsOf(showId)
  await stranger.rest('DELETE', '/v1/users/me')
  t.same(told, [showId])
  t.same(
    (await app.recordings.stintsOf(showId)).map(({ id }) => id),
    [stintIds[1]]
  )
  t.equal(await app.recordings.read(before.find(({ id }) => id === stintIds[0])!), null)
})

t.test('the erasure of a creator removes the recordings of their shows', async t => {
  const leaving = await signIn(url, 'Leaving creator')
  const { showId } = await recordShow(app, {
    creatorId: leaving.id,
    durationMs: 5_000,
    stints: [{ userId: speaker.id, atMs: 0, durationMs: 1_000 }]
  })
  const [stint] = await app.recordings.stintsOf(showId)
  await leaving.rest('DELETE', '/v1/users/me')
  t.equal(await app.recordings.read(stint!), null)
  t.equal(await app.db.collection('recordings').countDocuments({ showId }), 0)
  t.equal(await app.db.collection('recordedShows').countDocuments({ creatorId: leaving.id }), 0)
})
