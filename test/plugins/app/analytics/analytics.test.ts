import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { CreatorAnalytics, ShowAnalytics } from '../../../../contract/analytics.ts'
import type { AudienceEvent } from '../../../../contract/audience-events.ts'
import type { RoomRecord } from '../../../../contract/room-events.ts'
import type { Show } from '../../../../contract/shows.ts'
import { showAnalyticsKind, type ShowAnalyticsDocument } from '../../../../plugins/app/analytics/stored-analytics.ts'
import { startEmbeddedStore } from '../../../../plugins/embedded/index.ts'
import type { RecordTable } from '../../../../plugins/external/records/record-store.ts'
import { rebuildCommand } from '../../../../scripts/rebuild-analytics.ts'
import { sendRequest } from '../../../http-request.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { runInProcess } from '../../../scripts/run-command.ts'
import { goLive, grantFloor, joinShow, signIn, type TestUser } from '../../../users.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'ambient-analytics-'))
const store = await startEmbeddedStore({ dataDir })
// The hooks run in reverse order: the application closes before its store.
t.teardown(async () => {
  await store.close()
  await rm(dataDir, { recursive: true, force: true })
})
const { app, url } = await startApp(t, { MONGODB_URL: store.url, STORAGE_URL: 'gridfs:' })
const minute = 60_000
const shows = () => app.db.collection<{ _id: string }>('shows')
const stored = () => app.db.collection<{ _id: string }>('showAnalytics')

interface PastShow {
  startedAt: number
  /** Minutes after the start, and what happened then. */
  log: readonly (readonly [number, object])[]
  audience: readonly (readonly [number, AudienceEvent])[]
}

/** Stores a show that ended in the past. */
async function storeShow(
  { db, eventLog, audienceLog }: FastifyInstance,
  creator: TestUser,
  { startedAt, log, audience }: PastShow
): Promise<string> {
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A past show' })
  const at = (minutes: number) => startedAt + minutes * minute
  const writer = await eventLog.take(showId, 'node', 0, startedAt)
  const records = log.map(([minutes, event], index) => ({ seq: index + 2, at: at(minutes), event }) as RoomRecord)
  await writer.append(records)
  const recorder = audienceLog.openWriter(showId)
  for (const [minutes, event] of audience) recorder.add(event, at(minutes))
  await recorder.flush()
  const endedAt = new Date(at(log.at(-1)![0]))
  await db
    .collection<{ _id: string }>('shows')
    .updateOne({ _id: showId }, { $set: { status: 'ended', startedAt: new Date(startedAt), endedAt } })
  return showId
}

const joined = (person: string, source: 'link' | null = null) =>
  ({ type: 'listener:joined', person, guest: false, source }) as const
const left = (person: string) => ({ type: 'listener:left', person }) as const
const profileOf = ({ id: userId }: TestUser) => ({ userId, displayName: 'A name', avatarUrl: null })
const song = (title: string) => ({
  type: 'playback:changed',
  playback: {
    status: 'playing',
    item: {
      id: 'i1',
      kind: 'song',
      songId: 's1',
      title,
      artists: ['Band'],
      album: null,
      durationMs: 1,
      artworkUrl: null,
      link: null,
      available: true
    },
    positionMs: 0,
    at: 0,
    producerId: null
  }
})

/** A show of ten minutes with two listeners; one of them talks for two minutes. */
function tenMinutes(speaker: TestUser, people: readonly [string, string], startedAt: number): PastShow {
  return {
    startedAt,
    log: [
      [0, { type: 'show:started' }],
      [1, song('=SUM(1,2) "live"')],
      [2, { type: 'floor:granted', ...profileOf(speaker), by: 'creator' }],
      [3, { type: 'stage:joined', userId: speaker.id, producerId: 'p', muted: false }],
      [5, { type: 'stage:left', userId: speaker.id, reason: 'left' }],
      [10, { type: 'show:ended', reason: 'ended' }]
    ],
    audience: [
      [0, { type: 'audience:opened' }],
      [1, joined(people[0], 'link')],
      [2, joined(people[1])],
      [4, { type: 'comments:counted', count: 3 }],
      [6, left(people[1])],
      [9, { type: 'reactions:counted', count: 2 }]
    ]
  }
}

const get = async (user: TestUser | null, path: string) =>
  await sendRequest<ShowAnalytics & CreatorAnalytics>(url, 'GET', `/v1${path}`, user ? { token: user.token } : {})

async function rebuild(): Promise<void> {
  const { code, output, errors } = await runInProcess(rebuildCommand, [], { MONGODB_URL: store.url })
  if (code !== 0 || !/the analytics of \d+ shows are stored/.test(output)) throw new Error(errors)
}

t.test('people who follow during a show, or within an hour of its end, count as followers gained', async t => {
  const [creator, fan] = await Promise.all(['Followed', 'Follower'].map(name => signIn(url, name)))
  const dayAgo = Math.floor(Date.now() / minute) * minute - 24 * 60 * minute
  const showId = await storeShow(app, creator!, tenMinutes(fan!, ['somebody', 'somebody else'], dayAgo))
  await fan!.rest('PUT', `/v1/users/${creator!.id}/follow`)
  const followsAfter = async (minutes: number) => {
    const createdAt = new Date(dayAgo + minutes * minute)
    await app.db.collection('follows').updateOne({ fromId: fan!.id, toId: creator!.id }, { $set: { createdAt } })
    const gained = (await get(creator!, `/shows/${showId}/analytics`)).body.followersGained
    t.equal((await get(creator!, '/users/me/analytics')).body.items[0]?.followersGained, gained)
    return gained
  }
  t.equal(await followsAfter(-1), 0, 'before the show')
  t.equal(await followsAfter(5), 1, 'during the show')
  t.equal(await followsAfter(10 + 59), 1, 'soon after its end')
  t.equal(await followsAfter(10 + 61), 0, 'later')
  t.equal((await get(fan!, `/shows/${showId}/analytics`)).status, 403, 'listeners do not see it')
})

t.test('an ended show has exact numbers, which are stored, and the same when they are rebuilt', async t => {
  const [creator, speaker, fan] = await Promise.all(['Creator', '@Speaker', 'Fan'].map(name => signIn(url, name)))
  const pseudonyms = [app.pseudonymOf(speaker!.id), app.pseudonymOf(fan!.id)] as const
  const dayAgo = Math.floor(Date.now() / minute) * minute - 24 * 60 * minute
  const first = await storeShow(app, creator!, tenMinutes(speaker!, [pseudonyms[0], 'somebody'], dayAgo))
  const second = await storeShow(app, creator!, tenMinutes(speaker!, pseudonyms, dayAgo + 60 * minute))

  const { body } = await get(creator!, `/shows/${second}/analytics`)
  t.match(body, {
    status: 'ended',
    durationMs: 10 * minute,
    comments: 3,
    talkMs: 2 * minute,
    audience: {
      listeners: 2,
      peak: 2,
      joins: 2,
      leaves: 1,
      averageStayMs: 6.5 * minute,
      medianStayMs: 4 * minute,
      average: 1.3,
      cameBack: 0,
      returnRate: 0.5,
      reactions: 2,
      sources: { link: 1, follow: 0, discover: 0, unknown: 1 }
    },
    played: [{ itemId: 'i1', songId: 's1', from: new Date(dayAgo + 61 * minute).toISOString() }],
    speakers: [{ user: { id: speaker!.id, displayName: '@Speaker' }, talkMs: 2 * minute }]
  })
  t.same(
    body.minutes.map(({ listeners }) => listeners),
    [0, 1, 2, 2, 2, 2, 1, 1, 1, 1]
  )
  t.notMatch(JSON.stringify(body), fan!.id, 'nobody learns who listened')
  t.notMatch(JSON.stringify(body), new RegExp(pseudonyms.join('|')))
  t.match(await stored().countDocuments({ creatorId: creator!.id }), 2, 'the earlier show is stored too')

  const answer = await fetch(`${url}/v1/shows/${second}/analytics.csv`, {
    headers: { authorization: `Bearer ${creator!.token}` }
  })
  t.match(answer.headers.get('content-type'), 'text/csv')
  const csv = await answer.text()
  const rows = csv.split('\r\n')
  t.equal(rows.length, 12)
  t.match(rows[4], /Z,2,2,0,0,0,0,"'=SUM\(1,2\) ""live"" – Band",'@Speaker$/)

  const mine = (await get(creator!, '/users/me/analytics')).body
  t.match(mine, {
    items: [
      { showId: second, listeners: 2, returnRate: 0.5, comments: 3, talkMs: 2 * minute, followersGained: 0 },
      { showId: first, listeners: 2, returnRate: 0 }
    ],
    nextCursor: null,
    totals: { shows: 2, durationMs: 20 * minute, listeners: 3, joins: 4, comments: 6, reactions: 4 }
  })
  const page = (await get(creator!, '/users/me/analytics?limit=1')).body
  t.match(page.items, [{ showId: second }])
  const next = (await get(creator!, `/users/me/analytics?limit=1&cursor=${page.nextCursor}`)).body
  t.match(next, { items: [{ showId: first }], nextCursor: null, totals: null })
  t.equal((await get(creator!, '/users/me/analytics?cursor=x')).status, 400)

  const numbersOf = async (showId: string) => {
    const table: RecordTable<ShowAnalyticsDocument> = await app.records.open(showAnalyticsKind)
    const { storedAt, ...document } = (await table.find('place', [showId]))!
    return document
  }
  const before = [await numbersOf(first), await numbersOf(second)]
  await rebuild()
  t.same([await numbersOf(first), await numbersOf(second)], before)
  await stored().deleteMany({ creatorId: creator!.id })
  await app.db.collection('creatorAudience').deleteMany({ creatorId: creator!.id })
  await rebuild()
  t.same([await numbersOf(first), await numbersOf(second)], before, 'also from nothing')

  t.match(await speaker!.rest('GET', '/v1/users/me/export'), {
    showAnalytics: [
      { showId: first, talkMs: 2 * minute },
      { showId: second, talkMs: 2 * minute }
    ],
    creatorAudience: [{ listenedTo: creator!.id, firstAt: dayAgo }]
  })
  await speaker!.rest('DELETE', '/v1/users/me')
  const withoutIdentity = (document: object) =>
    JSON.parse(JSON.stringify(document).replaceAll(JSON.stringify(speaker!.id), 'null'))
  const erased = [await numbersOf(first), await numbersOf(second)]
  t.notMatch(JSON.stringify(erased), speaker!.id)
  t.same(erased, before.map(withoutIdentity))
  t.equal(await app.db.collection('creatorAudience').countDocuments({ person: pseudonyms[0] }), 0)
  t.equal(await app.db.collection('creatorAudience').countDocuments({ creatorId: creator!.id }), 3)
  t.match((await get(creator!, `/shows/${second}/analytics`)).body.speakers, [{ user: null, talkMs: 2 * minute }])
  await rebuild()
  t.same([await numbersOf(first), await numbersOf(second)], erased, 'a rebuild does not bring the identity back')

  await creator!.rest('DELETE', '/v1/users/me')
  t.equal(await stored().countDocuments({ creatorId: creator!.id }), 0)
  t.equal(await app.db.collection('creatorAudience').countDocuments({ creatorId: creator!.id }), 0)
})

t.test('a show from before the audience was recorded has no numbers of it', async t => {
  const creator = await signIn(url, 'Creator')
  const show = tenMinutes(creator, ['a', 'b'], Date.now() - 60 * minute)
  const showId = await storeShow(app, creator, { ...show, audience: [] })
  const { body } = await get(creator, `/shows/${showId}/analytics`)
  t.match(body, { audience: null, comments: 0, talkMs: 2 * minute })
  t.ok(
    body.minutes.every(({ listeners, joins, comments }) => listeners === null && joins === null && comments === null)
  )
  t.match((await get(creator, '/users/me/analytics')).body.items, [{ showId, listeners: null, returnRate: null }])
})

t.test('a live show has the numbers of this moment, for its hosts', async t => {
  const { creator, client, showId } = await goLive(url, 'Live')
  const other = await signIn(url, 'Other')
  const fan = await signIn(url, 'Fan')
  const fanClient = await fan.connect()
  await fanClient.request('show:join', { showId, source: 'follow' })
  const { user: cohost, client: cohostClient } = await joinShow(url, showId, 'Co-host')
  await client.request('cohost:set', { userId: cohost.id, cohost: true })
  await grantFloor(client, fanClient)
  await fanClient.request('comment:send', { clientId: 'c1', text: 'hello' })
  await fanClient.request('reaction:send', { emoji: '👏' })
  const path = `/shows/${showId}/analytics`
  await until(async () => (await get(creator, path)).body.audience?.reactions === 1)
  const answers = await Promise.all([creator, cohost, creator].map(async user => await get(user, path)))
  for (const { status, body } of answers) {
    t.equal(status, 200)
    t.match(body, {
      status: 'live',
      endedAt: null,
      comments: 1,
      requests: { requested: 1, accepted: 1 },
      audience: { listeners: 2, joins: 2, leaves: 0, returnRate: 0, sources: { follow: 1, unknown: 1 } }
    })
    t.equal(body.minutes.at(-1)?.listeners, 2)
  }
  t.equal((await get(other, path)).status, 403)
  t.equal((await get(fan, path)).status, 403)
  t.equal((await get(null, path)).status, 401)
  t.equal((await get(other, `${path}.csv`)).status, 403)
  t.equal((await get(creator, '/shows/none/analytics')).status, 404)
  const { id: planned } = await creator.rest<Show>('POST', '/v1/shows', { title: 'Planned' })
  t.match(await get(creator, `/shows/${planned}/analytics`), { status: 409, body: { code: 'SHOW_NOT_LIVE' } })

  fanClient.disconnect()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(async () => (await get(creator, path)).body.status === 'ended')
  t.equal(await stored().countDocuments({ _id: showId }), 0, 'not stored before everything is settled')
  await shows().updateOne({ _id: showId }, { $set: { endedAt: new Date(Date.now() - 2 * minute) } })
  await app.analytics.finishEnded()
  t.equal(await stored().countDocuments({ _id: showId }), 1)
  const ended = (await get(creator, path)).body
  t.match(ended, { comments: 1, audience: { listeners: 2, joins: 2, reactions: 1 } })
  for (const each of [client, cohostClient]) each.disconnect()
})

t.test('a show that has just ended is not rebuilt: its last records may not be stored yet', async t => {
  const creator = await signIn(url, 'Creator')
  const showId = await storeShow(app, creator, tenMinutes(creator, ['a', 'b'], Date.now() - 10 * minute))
  await rebuild()
  t.equal(await stored().countDocuments({ _id: showId }), 0)
  const { code, errors } = await runInProcess(rebuildCommand, ['--show', showId], { MONGODB_URL: store.url })
  t.equal(code, 1)
  t.match(errors, /has just ended/)
  const unknown = await runInProcess(rebuildCommand, ['--show', '-unknownShow'], { MONGODB_URL: store.url })
  t.match(unknown, { code: 1, errors: /no ended show with the id -unknownShow/ }, 'an id may begin with a dash')
})
