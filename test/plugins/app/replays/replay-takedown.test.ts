import t from 'tap'
import { testAtNight } from '../../../depth.ts'
import type { Page } from '../../../../contract/paging.ts'
import type { Replay } from '../../../../contract/replays.ts'
import type { Show } from '../../../../contract/shows.ts'
import { openTranscriptTables } from '../../../../plugins/app/transcripts/documents.ts'
import { sendRequest } from '../../../http-request.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { recordShow, type PlannedShow } from '../../../recorded-show.ts'
import { signIn } from '../../../users.ts'
import { mixedReplay } from './recorded.ts'

const { app, url, operator } = await startAppWithOperator(t)
const creator = await signIn(url, 'Creator')
const stranger = await signIn(url, 'Stranger')
const reason = 'Threats against a person'
const pathOf = (showId: string) => `/v1/shows/${showId}/replay`

/** Makes a show whose replay is published, with a caption. */
async function publishedShow(changes: Partial<PlannedShow> = {}) {
  const { showId, stintIds, startedAtMs } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 3000,
    stints: [{ userId: creator.id, atMs: 0, durationMs: 3000, frequency: 440 }],
    ...changes
  })
  const { segments } = await openTranscriptTables(app.db)
  await segments.insertOne({
    ...{ _id: `segment-${showId}`, showId, stintId: stintIds[0] ?? '', userId: creator.id },
    ...{ createdAt: new Date(startedAtMs + 500), to: startedAtMs + 1500, text: 'Hello', words: ['hello'] }
  })
  await mixedReplay(app, creator, showId)
  await app.replays.transcriptChanged(showId)
  const { version } = await mixedReplay(app, creator, showId)
  const replay = await creator.rest<Replay>('PATCH', pathOf(showId), { published: true, version })
  return { showId, replay }
}

async function actAsOperator(showId: string, act: 'takedown' | 'restore', body: object = { reason }) {
  return await sendRequest(url, 'POST', `/v1/operator/shows/${showId}/replay/${act}`, { token: operator.token, body })
}

async function patchReplay(showId: string, body: object) {
  return await sendRequest(url, 'PATCH', pathOf(showId), { token: creator.token, body })
}

const ownReplay = async (showId: string) => await creator.rest<Replay>('GET', pathOf(showId))

/** The status of everything that a published replay gives to somebody with this token. */
async function publicStatuses(showId: string, token?: string): Promise<Record<string, number>> {
  const files = ['audio.opus', 'audio.mp3', 'chapters.json', 'captions.vtt'].map(file => `replay/${file}`)
  const parts = ['replay', 'replay/comments', 'replay/reactions', 'transcript', 'transcript/segments', ...files]
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const statuses: Record<string, number> = {}
  for (const part of parts) {
    const response = await fetch(`${url}/v1/shows/${showId}/${part}`, { headers })
    await response.arrayBuffer()
    statuses[part] = response.status
  }
  return statuses
}

/** Whether the feed of the creator and the embedded player have a replay. */
async function shownElsewhere(showId: string) {
  const feed = await (await fetch(`${url}/v1/users/${creator.id}/feed.xml`)).text()
  const player = await (await fetch(`${url}/embed/${showId}`)).text()
  return { feed: feed.includes(showId), player: player.includes('<audio') }
}

const withStatus = (statuses: Record<string, number>, status: number) =>
  Object.fromEntries(Object.keys(statuses).map(part => [part, status]))

t.test('a replay that was taken down is published nowhere, until it is restored', async t => {
  const { showId, replay } = await publishedShow()
  const before = await publicStatuses(showId)
  t.same(before, withStatus(before, 200))
  t.same(await shownElsewhere(showId), { feed: true, player: true })

  const { etag } = await app.replays.feeds.get(creator.id)
  t.equal((await actAsOperator(showId, 'takedown')).status, 204)
  for (const token of [undefined, stranger.token]) {
    t.same(await publicStatuses(showId, token), withStatus(before, 404), token ? 'a stranger' : 'without an account')
  }
  t.same(await shownElsewhere(showId), { feed: false, player: false })
  const feed = await fetch(`${url}/v1/users/${creator.id}/feed.xml`, { headers: { 'if-none-match': etag } })
  t.equal(feed.status, 200, 'players that ask whether the feed has changed get it without the replay')

  const own = await ownReplay(showId)
  t.match(own, { publishedAt: null, takenDown: { reason, at: /Z$/ }, status: 'ready' })
  t.match(own.audio[0]?.url, /\?ticket=/, 'the creator hears it as one that is not published')
  t.equal((await fetch(url + own.audio[0]?.url)).status, 200)
  const trim = { startMs: 500, endMs: 0 }
  for (const change of [{ published: true }, { published: true, trim }]) {
    t.match(await patchReplay(showId, { ...change, version: own.version }), {
      status: 403,
      body: { code: 'TAKEN_DOWN' }
    })
  }
  t.same(await ownReplay(showId), own, 'nothing has changed')

  t.equal((await actAsOperator(showId, 'restore')).status, 204)
  const after = await ownReplay(showId)
  t.match(after, { publishedAt: replay.publishedAt, takenDown: null })
  t.same(await publicStatuses(showId), before)
  t.same(await shownElsewhere(showId), { feed: true, player: true })

  const { items } = await app.operatorActions.list({ limit: 2 })
  t.match(items, [
    { type: 'replayRestored', subjectId: showId, reason, done: true, operator: { id: operator.id } },
    { type: 'replayTakenDown', subjectId: showId, reason, done: true, operator: { id: operator.id } }
  ])
})

t.test(
  'the creator exports the reason, and unpublishes what was taken down: restoring does not publish it',
  async t => {
    const { showId } = await publishedShow()
    await actAsOperator(showId, 'takedown')
    const exported: unknown[] = []
    for await (const record of app.replays.personalData.export(creator.id)) exported.push(record)
    t.match(
      exported.find(record => Object(record).showId === showId),
      { takenDown: { reason, at: /Z$/ } }
    )
    const { version } = await ownReplay(showId)
    t.equal((await patchReplay(showId, { published: false, version })).status, 200)
    await actAsOperator(showId, 'restore')
    t.match(await ownReplay(showId), { publishedAt: null, takenDown: null })
    t.equal((await sendRequest(url, 'GET', pathOf(showId))).status, 404)
  }
)

t.test('tickets from before a takedown are void at once, also those of the creator', async t => {
  const { showId, replay } = await publishedShow({ visibility: 'private' })
  const address = url + replay.audio[0]?.url
  t.match(address, /\?ticket=/)
  t.equal((await fetch(address)).status, 200)
  await actAsOperator(showId, 'takedown')
  t.equal((await fetch(address)).status, 404)
  t.equal((await fetch(address, { headers: { range: 'bytes=0-9' } })).status, 404)
  t.equal((await fetch(address, { method: 'HEAD' })).status, 404)

  const later = await publishedShow()
  const { version } = await ownReplay(later.showId)
  await patchReplay(later.showId, { published: false, version })
  const unpublished = url + (await ownReplay(later.showId)).audio[0]?.url
  t.equal((await fetch(unpublished)).status, 200)
  await actAsOperator(later.showId, 'takedown')
  t.equal((await fetch(unpublished)).status, 404, 'a ticket of the creator for the unpublished replay')
})

testAtNight(t, 'a mixing that runs at the same time does not bring a replay back', async t => {
  const { showId } = await publishedShow()
  const { listStints } = app.recordings
  let isTakenDown = false
  t.teardown(() => Object.assign(app.recordings, { listStints }))
  // Asked for after the mixing, just before its result is stored.
  app.recordings.listStints = async id => {
    if (!isTakenDown && id === showId) {
      isTakenDown = true
      t.equal((await actAsOperator(showId, 'takedown')).status, 204)
    }
    return await listStints(id)
  }
  await creator.rest('POST', `${pathOf(showId)}/mix`)
  t.match(await mixedReplay(app, creator, showId), { status: 'ready', publishedAt: null, takenDown: { reason } })
  t.ok(isTakenDown)
  t.equal((await sendRequest(url, 'GET', pathOf(showId))).status, 404)

  const { version } = await ownReplay(showId)
  t.equal((await patchReplay(showId, { trim: { startMs: 500, endMs: 0 }, version })).status, 200, 'it may be trimmed')
  t.match(await mixedReplay(app, creator, showId), { durationMs: 2500, publishedAt: null, takenDown: { reason } })
  t.same(await shownElsewhere(showId), { feed: false, player: false })
})

testAtNight(t, 'a publishing that runs at the same time does not bring a replay back', async t => {
  const { showId } = await publishedShow()
  const { authorize } = app.showGuard
  t.teardown(() => Object.assign(app.showGuard, { authorize }))
  const { version } = await ownReplay(showId)
  app.showGuard.authorize = async (right, id, callerId) => {
    app.showGuard.authorize = authorize
    await app.operators.takeDownReplay(operator.id, showId, reason)
    return await authorize(right, id, callerId)
  }
  t.match(await patchReplay(showId, { published: true, version }), { status: 409, body: { code: 'CONFLICT' } })
  const stale = (await ownReplay(showId)).version
  t.match(await patchReplay(showId, { published: true, version: stale }), { status: 403 })

  for (let round = 0; round < 10; round++) {
    await actAsOperator(showId, 'restore')
    const { version } = await ownReplay(showId)
    const [taken, published] = await Promise.all([
      actAsOperator(showId, 'takedown'),
      patchReplay(showId, { published: true, version })
    ])
    t.equal(taken.status, 204)
    t.ok([200, 403, 409].includes(published.status), `published: ${published.status}`)
    t.equal((await sendRequest(url, 'GET', pathOf(showId))).status, 404)
    t.match(await ownReplay(showId), { takenDown: { reason } })
  }
})

t.test('an ended show is reported; what has no replay is not taken down, and nothing is logged', async t => {
  const { showId } = await publishedShow()
  const report = { kind: 'show', subjectId: showId, reason: 'It threatens a person' }
  t.equal((await sendRequest(url, 'POST', '/v1/reports', { token: stranger.token, body: report })).status, 201)
  await creator.rest('DELETE', pathOf(showId))
  for (const id of [showId, 'unknown']) {
    for (const act of ['takedown', 'restore'] as const) t.equal((await actAsOperator(id, act)).status, 404)
  }
  t.equal((await actAsOperator(showId, 'takedown', { reason: '' })).status, 400)
  const { items } = await app.operatorActions.list({ limit: 100 })
  t.notOk(items.some(({ subjectId }) => subjectId === showId))
})

t.test('lists mark a show whose replay is published, and no other', async t => {
  const { showId } = await publishedShow()
  const isMarked = async () => {
    const show = await creator.rest<Show>('GET', `/v1/shows/${showId}`)
    const list = await stranger.rest<Page<Show>>('GET', '/v1/shows?status=ended&limit=100')
    t.equal(list.items.find(({ id }) => id === showId)?.hasReplay, show.hasReplay)
    return show.hasReplay ?? false
  }
  t.equal(await isMarked(), true)
  await actAsOperator(showId, 'takedown')
  t.equal(await isMarked(), false, 'taken down')
  await actAsOperator(showId, 'restore')
  t.equal(await isMarked(), true)
  const { version } = await ownReplay(showId)
  await patchReplay(showId, { published: false, version })
  t.equal(await isMarked(), false, 'not published')
})
