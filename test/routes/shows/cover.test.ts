import sharp from 'sharp'
import t from 'tap'
import type { Show } from '../../../contract/shows.ts'
import type { ShowDocument } from '../../../plugins/app/shows/document.ts'
import { startAppWithOperator } from '../../operator-app.ts'
import { until } from '../../realtime/real-app.ts'
import { goLive, joinShow, signIn, signInAsGuest, type TestUser } from '../../users.ts'
import { createPhonePicture, createTwoColorPicture } from '../users/pictures.ts'
import { createCoverRequests } from './cover-requests.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const real = await startAppWithOperator(t, { AUTH_GUESTS: 'on' })
const { app, url, operator } = real
const { upload, remove, listStored } = createCoverRequests(real)
const picture = await createTwoColorPicture().png().toBuffer()

async function planShow(creator: TestUser, more: object = {}): Promise<Show> {
  return (await send(url, creator, 'POST', '/', { title: 'With a cover', ...more })).body
}

const statusOf = async (path: string | undefined) => (await fetch(`${url}${path}`)).status

t.test('a picture becomes the cover of a show: a square without metadata that caches keep', async t => {
  const creator = await signIn(url, 'Creator')
  const show = await planShow(creator)
  t.notOk('coverUrl' in show)
  const { status, body } = await upload(creator, show.id, await createPhonePicture())
  t.equal(status, 200)
  t.match(body, { id: show.id, title: 'With a cover', version: show.version + 1 })
  t.match(body.coverUrl, new RegExp(`^/v1/covers/${creator.id}\\.[A-Za-z0-9_-]{16}$`))
  const response = await fetch(url + body.coverUrl!)
  t.match(Object.fromEntries(response.headers), {
    'content-type': 'image/webp',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin'
  })
  const { width, height, format, exif, icc } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
  t.same(
    { width, height, format, exif, icc },
    { width: 800, height: 800, format: 'webp', exif: undefined, icc: undefined }
  )
  t.equal((await send(url, null, 'GET', `/${show.id}`)).body.coverUrl, body.coverUrl)
  const { items } = (await send(url, null, 'GET', `/?creatorId=${creator.id}`)).body
  t.match(items, [{ coverUrl: body.coverUrl }])
  const query = { query: `{ show(id: "${show.id}") { coverUrl } }` }
  t.match(await creator.rest('POST', '/graphql', query), { data: { show: { coverUrl: body.coverUrl } } })
})

t.test('a new cover replaces the one before, and removing it leaves nothing', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  const first = (await upload(creator, id, picture)).body.coverUrl
  const second = (await upload(creator, id, picture)).body.coverUrl
  t.not(first, second)
  t.same([await statusOf(first), await statusOf(second)], [404, 200])
  const { status, body } = await remove(creator, id)
  t.equal(status, 200)
  t.notOk('coverUrl' in body)
  t.equal((await remove(creator, id)).body.version, body.version, 'safe to repeat, and changes nothing')
  t.same(await listStored(creator.id), [])
})

t.test('after four concurrent uploads only the shown cover is left', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  const answers = await Promise.all(Array.from({ length: 4 }, async () => await upload(creator, id, picture)))
  t.same(new Set(answers.map(({ status }) => status)), new Set([200]))
  t.same(await listStored(creator.id), [(await send(url, null, 'GET', `/${id}`)).body.coverUrl])
})

t.test('other files and other people are refused, and nothing is stored', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  const { id: hiddenId } = await planShow(creator, { visibility: 'private' })
  const other = await signIn(url, 'Other')
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  t.match(await upload(creator, id, svg), { status: 415, body: { code: 'UNSUPPORTED_MEDIA' } })
  const large = Buffer.concat([picture, Buffer.alloc(5 * 1024 * 1024)])
  t.match(await upload(creator, id, large), { status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } })
  t.match(await upload(other, id, picture), { status: 403, body: { code: 'FORBIDDEN' } })
  t.match(await remove(other, id), { status: 403, body: { code: 'FORBIDDEN' } })
  t.match(await upload(other, hiddenId, picture), { status: 404, body: { code: 'NOT_FOUND' } })
  t.match(await upload(creator, 'no-show', picture), { status: 404, body: { code: 'NOT_FOUND' } })
  t.match(await upload(await signInAsGuest(url), id, picture), { status: 403 })
  t.match(await upload({ token: 'none' }, id, picture), { status: 401 })
  t.same([...(await listStored(creator.id)), ...(await listStored(other.id))], [])
})

t.test('co-hosts may not change the cover on air, as they may not change the title', async t => {
  const { client, showId } = await goLive(url)
  const { user } = await joinShow(url, showId, 'Co-host')
  await client.request('cohost:set', { userId: user.id, cohost: true })
  t.match(await upload(user, showId, picture), { status: 403, body: { code: 'FORBIDDEN' } })
  client.disconnect()
})

t.test('everybody in a live show sees a new cover at once, and who joins later too', async t => {
  const { creator, client, showId } = await goLive(url)
  const { client: listener } = await joinShow(url, showId)
  const changes = () => listener.roomEvents.map(({ event }) => event).filter(({ type }) => type === 'show:changed')
  const { coverUrl } = (await upload(creator, showId, picture)).body
  await until(() => changes().length === 1)
  t.match(changes()[0], { title: String, coverUrl })
  t.equal((await listener.request('show:resync', {})).snapshot.coverUrl, coverUrl)
  const late = await (await signIn(url, 'Late')).connect()
  t.equal((await late.join(showId)).coverUrl, coverUrl)
  await send(url, creator, 'PATCH', `/${showId}`, { title: 'Another title' })
  await until(() => changes().length === 2)
  t.notOk('coverUrl' in changes()[1]!, 'an edit of the title leaves it')
  t.equal((await listener.request('show:resync', {})).snapshot.coverUrl, coverUrl)
  await remove(creator, showId)
  await until(() => changes().length === 3)
  t.match(changes()[2], { title: 'Another title', coverUrl: null })
  t.notOk('coverUrl' in (await listener.request('show:resync', {})).snapshot)
  await send(url, creator, 'POST', `/${showId}/end`)
  t.equal((await upload(creator, showId, picture)).status, 200, 'also when it has ended')
  for (const each of [client, listener, late]) each.disconnect()
})

t.test('the next date of a show that repeats keeps the cover, and a file stays while one show has it', async t => {
  const creator = await signIn(url, 'Creator')
  const startsAt = new Date(Date.now() + 3_600_000).toISOString()
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const first = await planShow(creator, { startsAt, repeat })
  const { coverUrl } = (await upload(creator, first.id, picture)).body
  const seriesId = first.series!.id
  const planNext = async () => {
    await app.db.collection('showSeries').updateOne({ _id: seriesId as never }, { $set: { dueAt: new Date(0) } })
    await app.showSeries.planDue()
    const found = await app.db.collection<ShowDocument>('shows').find({ 'series.id': seriesId }).toArray()
    return found.toSorted((a, b) => a.startsAt!.getTime() - b.startsAt!.getTime())
  }
  const [, second] = await planNext()
  t.equal(second!.coverUrl, coverUrl)
  const changed = (await upload(creator, second!._id, picture)).body.coverUrl
  const all = await planNext()
  t.same(
    all.map(show => show.coverUrl),
    [coverUrl, changed, changed],
    'the new cover is for the later dates; the first date keeps its own'
  )
  t.same(await listStored(creator.id), [coverUrl, changed].sort())
  await send(url, creator, 'DELETE', `/${all[0]!._id}`)
  t.same(await listStored(creator.id), [changed], 'no show has the first one any more')
  await remove(creator, all[2]!._id)
  t.equal(await statusOf(changed), 200, 'the date before still has it')
  t.equal((await planNext()).at(-1)!.coverUrl, undefined, 'later dates have none')
  await send(url, creator, 'DELETE', `/${all[1]!._id}`)
  t.same(await listStored(creator.id), [])
})

t.test('a new show takes the cover of an earlier one of its creator, with its later dates', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  const { coverUrl } = (await upload(creator, id, picture)).body
  t.equal((await planShow(creator, { coverOf: id })).coverUrl, coverUrl)
  const startsAt = new Date(Date.now() + 3_600_000).toISOString()
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const { series } = await planShow(creator, { coverOf: id, startsAt, repeat })
  const stored = app.db.collection<{ _id: string; coverUrl?: string }>('showSeries')
  t.equal((await stored.findOne({ _id: series!.id }))?.coverUrl, coverUrl)
  await remove(creator, id)
  t.equal(await statusOf(coverUrl), 200, 'the other shows still have it')
  t.notOk('coverUrl' in (await planShow(creator, { coverOf: id })), 'one without a cover')
  const other = await signIn(url, 'Other')
  const stolen = await send(url, other, 'POST', '/', { title: 'Stolen', coverOf: id })
  t.match(stolen, { status: 404, body: { code: 'NOT_FOUND' } })
})

t.test('an operator removes the cover of a live show, and everybody in it sees that', async t => {
  const { creator, client, showId } = await goLive(url)
  const { coverUrl } = (await upload(creator, showId, picture)).body
  await until(() => client.roomEvents.some(({ event }) => 'coverUrl' in event && event.coverUrl === coverUrl))
  await app.operators.removeCover(operator.id, showId, 'Hateful picture')
  await until(() => client.roomEvents.some(({ event }) => 'coverUrl' in event && event.coverUrl === null))
  t.equal(await statusOf(coverUrl), 404)
  client.disconnect()
})

t.test('stopping a series deletes its cover', async t => {
  const creator = await signIn(url, 'Creator')
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const { id, series } = await planShow(creator, { startsAt: new Date(Date.now() + 3_600_000).toISOString(), repeat })
  await upload(creator, id, picture)
  await app.showSeries.remove(series!.id, creator.id)
  t.same(await listStored(creator.id), [])
})

t.test('a cover that was changed while the next date was planned is the cover of that date', async t => {
  const creator = await signIn(url, 'Creator')
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const first = await planShow(creator, { startsAt: new Date(Date.now() + 3_600_000).toISOString(), repeat })
  await upload(creator, first.id, picture)
  const series = app.db.collection<{ _id: string; dueAt: Date; version: number; coverUrl?: string }>('showSeries')
  const _id = first.series!.id
  await series.updateOne({ _id }, { $set: { dueAt: new Date(0) } })
  // The show is stored with the cover before, which no other show has, and the series has another one since.
  const shows = app.db.collection<ShowDocument>('shows')
  await shows.updateOne({ _id: first.id }, { $unset: { coverUrl: '' } })
  const planned = app.showSeries.planDueOf(_id)
  await series.updateOne({ _id }, { $set: { coverUrl: '/v1/covers/a.later' }, $inc: { version: 1 } })
  await planned
  const [, second] = await shows.find({ 'series.id': _id }).sort({ startsAt: 1 }).toArray()
  t.equal(second!.coverUrl, '/v1/covers/a.later')
  t.same(await listStored(creator.id), [], 'the file before is not left behind')
})

t.test('covers are exported, and erased with the account', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  const { coverUrl } = (await upload(creator, id, picture)).body
  const exported = await creator.rest<Record<string, { url?: string; coverUrl?: string }[]>>(
    'GET',
    '/v1/users/me/export'
  )
  t.match(exported.showCovers, [{ url: coverUrl, sizeBytes: Number }])
  t.match(exported.shows, [{ coverUrl }])
  await app.erasure.erase(creator.id)
  t.equal(await statusOf(coverUrl), 404)
  t.same(await listStored(creator.id), [])
})

t.test('a show that is deleted while its cover is uploaded leaves no file', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await planShow(creator)
  await t.rejects(
    app.showCovers.replace(id, creator.id, async () => {
      await app.shows.remove(id, creator.id)
      return picture
    }),
    { code: 'NOT_FOUND' }
  )
  t.same(await listStored(creator.id), [])
})

t.test('an operator removes a cover from each show that has it', async t => {
  const creator = await signIn(url, 'Creator')
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const { id, series } = await planShow(creator, { startsAt: new Date(Date.now() + 3_600_000).toISOString(), repeat })
  const { coverUrl } = (await upload(creator, id, picture)).body
  await app.db.collection('showSeries').updateOne({ _id: series!.id as never }, { $set: { dueAt: new Date(0) } })
  await app.showSeries.planDue()
  const takeDown = async () =>
    await fetch(`${url}/v1/operator/shows/${id}/cover/remove`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'Hateful picture' })
    })
  t.equal((await takeDown()).status, 204)
  t.equal(await statusOf(coverUrl), 404)
  const left = [app.db.collection('shows'), app.db.collection('showSeries')].map(
    async collection => await collection.countDocuments({ coverUrl: { $exists: true }, creatorId: creator.id })
  )
  t.same(await Promise.all(left), [0, 0])
  t.equal((await takeDown()).status, 404, 'there is none any more')
  t.match((await app.operatorActions.list({ limit: 1 })).items, [{ type: 'coverRemoved', subjectId: id, done: true }])
})
