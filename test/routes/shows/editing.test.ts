import t from 'tap'
import type { StampedRoomEvent } from '../../../contract/room-events.ts'
import type { Show } from '../../../contract/shows.ts'
import { joinShow, goLive, signIn } from '../../users.ts'
import { startApp, until } from '../../realtime/real-app.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t)
const hourMs = 3_600_000

t.test('concurrent edits of a live show reach the room as they are stored', async t => {
  const { creator, client, showId } = await goLive(url)
  const { client: listener } = await joinShow(url, showId)
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(
      Array.from(
        { length: 8 },
        async (_, n) =>
          await send(
            url,
            creator,
            'PATCH',
            `/${showId}`,
            n % 2 ? { title: `Title ${round}.${n}` } : { settings: { slowModeMs: 1000 * n } }
          )
      )
    )
    t.ok(
      answers.every(({ status }) => status === 200),
      'edits without a version all succeed'
    )
    const { body: stored } = await send(url, creator, 'GET', `/${showId}`)
    t.equal(stored.version, Math.max(...answers.map(({ body }) => body.version)))
    const { snapshot } = await listener.request('show:resync', {})
    t.match(snapshot, { title: stored.title, settings: stored.settings }, 'the room has the last stored state')
  }
  const versions = listener.roomEvents.map(({ version }: StampedRoomEvent) => version)
  t.strictSame(
    versions,
    versions.toSorted((a, b) => a - b)
  )
  const {
    body: { version }
  } = await send(url, creator, 'GET', `/${showId}`)
  const racing = await Promise.all(
    Array.from(
      { length: 8 },
      async (_, n) => await send(url, creator, 'PATCH', `/${showId}`, { title: `Version ${n}`, version })
    )
  )
  t.strictSame(
    racing.map(({ status }) => status).sort(),
    [200, ...Array.from({ length: 7 }, () => 409)],
    'of edits with the same version one succeeds'
  )
  for (const each of [client, listener]) each.disconnect()
})

t.test('edits while a show starts or ends are stored', async t => {
  const creator = await signIn(url, 'Creator')
  const {
    body: { id }
  } = await send(url, creator, 'POST', '/', { title: 'Before' })
  const [started, edited] = await Promise.all([
    send(url, creator, 'POST', `/${id}/start`),
    send(url, creator, 'PATCH', `/${id}`, { title: 'After' })
  ])
  t.match([started.status, edited.status], [200, 200])
  const client = await creator.connect()
  t.equal((await client.join(id)).title, 'After')
  const [ended, late] = await Promise.all([
    send(url, creator, 'POST', `/${id}/end`),
    send(url, creator, 'PATCH', `/${id}`, { title: 'At the end' })
  ])
  t.match([ended.status, late.status], [200, 200])
  t.match(await send(url, creator, 'GET', `/${id}`), {
    body: { title: 'At the end', status: 'ended', endReason: 'ended', listenerCount: 0 }
  })
  await until(
    async () =>
      (await send(url, creator, 'PATCH', `/${id}`, { settings: { maxSpeakers: 2 } })).body.code === 'SHOW_ENDED'
  )
  t.match(await send(url, creator, 'PATCH', `/${id}`, { title: 'Renamed after the end' }), { status: 200 })
  client.disconnect()
})

t.test('the starting time of a scheduled show can be changed, and a late show leaves the list', async t => {
  const creator = await signIn(url, 'Creator')
  const inAnHour = new Date(Date.now() + hourMs).toISOString()
  const yesterday = new Date(Date.now() - 23 * hourMs).toISOString()
  t.match(await send(url, creator, 'POST', '/', { title: 'Late', startsAt: yesterday }), {
    status: 400,
    body: { code: 'VALIDATION', issues: [{ path: '/startsAt' }] }
  })
  t.match(
    await send(url, creator, 'POST', '/', { title: 'Odd', startsAt: '2090-06-30T23:59:60Z' }),
    { status: 400, body: { issues: [{ path: '/startsAt' }] } },
    'a leap second, which Date does not support'
  )
  const {
    body: { id }
  } = await send(url, creator, 'POST', '/', { title: 'Soon', startsAt: inAnHour })
  t.match(await send(url, creator, 'PATCH', `/${id}`, { startsAt: yesterday }), {
    status: 400,
    body: { code: 'VALIDATION' }
  })
  t.match(await send(url, creator, 'PATCH', `/${id}`, { startsAt: null }), { status: 200, body: { startsAt: null } })

  await app.db.collection<{ _id: string }>('shows').updateOne({ _id: id }, { $set: { startsAt: new Date(yesterday) } })
  const listed = async (who: typeof creator | null) =>
    (await send(url, who, 'GET', `/?creatorId=${creator.id}&status=scheduled`)).body.items.length
  t.equal(await listed(null), 1, 'a show that is less than a day late is listed')
  t.match(
    await send(url, creator, 'PATCH', `/${id}`, { title: 'Late', startsAt: yesterday }),
    { status: 200 },
    'an unchanged time in the past is accepted'
  )
  await app.db
    .collection<{ _id: string }>('shows')
    .updateOne({ _id: id }, { $set: { startsAt: new Date(Date.now() - 25 * hourMs) } })
  t.strictSame([await listed(null), await listed(creator)], [0, 1], 'later only its creator finds it in a list')
  t.match(await send(url, null, 'GET', `/${id}`), { body: { status: 'scheduled' } })
  t.match(await send(url, creator, 'POST', `/${id}/start`), { status: 200 })
  t.match(await send(url, creator, 'PATCH', `/${id}`, { startsAt: inAnHour }), {
    status: 409,
    body: { code: 'CONFLICT' }
  })
  t.match(await send(url, creator, 'POST', `/${id}/end`), { status: 200 })
})

t.test('a search finds the edited words', async t => {
  const creator = await signIn(url, 'Creator')
  const {
    body: { id }
  } = await send(url, creator, 'POST', '/', { title: 'Zebrafinch hour', description: 'Songs of small birds' })
  const finds = async (q: string) =>
    (await send(url, null, 'GET', `/?creatorId=${creator.id}&q=${q}`)).body.items.length === 1
  t.strictSame(
    [await finds('zebra'), await finds('SMALL%20zebrafinch'), await finds('finch'), await finds('%21%21')],
    [true, true, false, false]
  )
  await Promise.all([
    send(url, creator, 'PATCH', `/${id}`, { title: 'Goldcrest hour' }),
    send(url, creator, 'PATCH', `/${id}`, { description: 'Songs of tiny birds' })
  ])
  t.strictSame(
    [await finds('zebra'), await finds('goldcrest'), await finds('small'), await finds('tiny')],
    [false, true, false, true]
  )
})

t.test("a show without a chosen number of seats has the operator's default", async t => {
  const { url } = await startApp(t, { LIMIT_STAGE: '3' })
  const creator = await signIn(url, 'Creator')
  t.equal((await creator.rest<Show>('POST', '/v1/shows', { title: 'Default' })).settings.maxSpeakers, 3)
  t.equal(
    (await creator.rest<Show>('POST', '/v1/shows', { title: 'Chosen', settings: { maxSpeakers: 7 } })).settings
      .maxSpeakers,
    7
  )
})
