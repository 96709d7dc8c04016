import t from 'tap'
import type { StampedRoomEvent } from '../../../contract/room-events.ts'
import type { Show } from '../../../contract/shows.ts'
import { joinShow, goLive, signIn } from '../../users.ts'
import { startApp, until } from '../../realtime/real-app.ts'
import { ask } from './asking.ts'

const { app, url } = await startApp(t)
const hourMs = 3_600_000

t.test('edits at once while live reach the room as they are stored', async t => {
  const { creator, client, showId } = await goLive(url)
  const { client: theirs } = await joinShow(url, showId)
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(
      Array.from(
        { length: 8 },
        async (_, n) =>
          await ask(
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
      'without a version nobody is turned away'
    )
    const { body: stored } = await ask(url, creator, 'GET', `/${showId}`)
    t.equal(stored.version, Math.max(...answers.map(({ body }) => body.version)))
    const { snapshot } = await theirs.request('show:resync', {})
    t.match(
      snapshot,
      { title: stored.title, settings: stored.settings },
      'the last word in the room is the last in the store'
    )
  }
  const versions = theirs.roomEvents.map(({ version }: StampedRoomEvent) => version)
  t.strictSame(
    versions,
    versions.toSorted((a, b) => a - b)
  )
  const {
    body: { version }
  } = await ask(url, creator, 'GET', `/${showId}`)
  const racing = await Promise.all(
    Array.from(
      { length: 8 },
      async (_, n) => await ask(url, creator, 'PATCH', `/${showId}`, { title: `Version ${n}`, version })
    )
  )
  t.strictSame(
    racing.map(({ status }) => status).sort(),
    [200, ...Array.from({ length: 7 }, () => 409)],
    'with one, one of them is right'
  )
  for (const each of [client, theirs]) each.disconnect()
})

t.test('an edit while the show starts, and one while it ends', async t => {
  const creator = await signIn(url, 'Creator')
  const {
    body: { id }
  } = await ask(url, creator, 'POST', '/', { title: 'Before' })
  const [started, edited] = await Promise.all([
    ask(url, creator, 'POST', `/${id}/start`),
    ask(url, creator, 'PATCH', `/${id}`, { title: 'After' })
  ])
  t.match([started.status, edited.status], [200, 200])
  const seat = await creator.connect()
  t.equal((await seat.join(id)).title, 'After')
  const [ended, late] = await Promise.all([
    ask(url, creator, 'POST', `/${id}/end`),
    ask(url, creator, 'PATCH', `/${id}`, { title: 'At the end' })
  ])
  t.match([ended.status, late.status], [200, 200])
  t.match(await ask(url, creator, 'GET', `/${id}`), {
    body: { title: 'At the end', status: 'ended', endReason: 'ended', listenerCount: 0 }
  })
  await until(
    async () =>
      (await ask(url, creator, 'PATCH', `/${id}`, { settings: { maxSpeakers: 2 } })).body.code === 'SHOW_ENDED'
  )
  t.match(await ask(url, creator, 'PATCH', `/${id}`, { title: 'Still mine to name' }), { status: 200 })
  seat.disconnect()
})

t.test('when a show is planned for', async t => {
  const creator = await signIn(url, 'Creator')
  const inAnHour = new Date(Date.now() + hourMs).toISOString()
  const yesterday = new Date(Date.now() - 23 * hourMs).toISOString()
  t.match(await ask(url, creator, 'POST', '/', { title: 'Late', startsAt: yesterday }), {
    status: 400,
    body: { code: 'VALIDATION', issues: [{ path: '/startsAt' }] }
  })
  t.match(
    await ask(url, creator, 'POST', '/', { title: 'Odd', startsAt: '2090-06-30T23:59:60Z' }),
    { status: 400, body: { issues: [{ path: '/startsAt' }] } },
    'a leap second that Date does not know'
  )
  const {
    body: { id }
  } = await ask(url, creator, 'POST', '/', { title: 'Soon', startsAt: inAnHour })
  t.match(await ask(url, creator, 'PATCH', `/${id}`, { startsAt: yesterday }), {
    status: 400,
    body: { code: 'VALIDATION' }
  })
  t.match(await ask(url, creator, 'PATCH', `/${id}`, { startsAt: null }), { status: 200, body: { startsAt: null } })

  await app.db.collection<{ _id: string }>('shows').updateOne({ _id: id }, { $set: { startsAt: new Date(yesterday) } })
  const listed = async (who: typeof creator | null) =>
    (await ask(url, who, 'GET', `/?creatorId=${creator.id}&status=scheduled`)).body.items.length
  t.equal(await listed(null), 1, 'what is late for less than a day is still to come')
  t.match(
    await ask(url, creator, 'PATCH', `/${id}`, { title: 'Late', startsAt: yesterday }),
    { status: 200 },
    'a time that stays as it was is nothing new'
  )
  await app.db
    .collection<{ _id: string }>('shows')
    .updateOne({ _id: id }, { $set: { startsAt: new Date(Date.now() - 25 * hourMs) } })
  t.strictSame([await listed(null), await listed(creator)], [0, 1], 'then only its creator sees it in a list')
  t.match(await ask(url, null, 'GET', `/${id}`), { body: { status: 'scheduled' } })
  t.match(await ask(url, creator, 'POST', `/${id}/start`), { status: 200 })
  t.match(await ask(url, creator, 'PATCH', `/${id}`, { startsAt: inAnHour }), {
    status: 409,
    body: { code: 'CONFLICT' }
  })
  t.match(await ask(url, creator, 'POST', `/${id}/end`), { status: 200 })
})

t.test('words of what was edited', async t => {
  const creator = await signIn(url, 'Creator')
  const {
    body: { id }
  } = await ask(url, creator, 'POST', '/', { title: 'Zebrafinch hour', description: 'Songs of small birds' })
  const finds = async (q: string) =>
    (await ask(url, null, 'GET', `/?creatorId=${creator.id}&q=${q}`)).body.items.length === 1
  t.strictSame(
    [await finds('zebra'), await finds('SMALL%20zebrafinch'), await finds('finch'), await finds('%21%21')],
    [true, true, false, false]
  )
  await Promise.all([
    ask(url, creator, 'PATCH', `/${id}`, { title: 'Goldcrest hour' }),
    ask(url, creator, 'PATCH', `/${id}`, { description: 'Songs of tiny birds' })
  ])
  t.strictSame(
    [await finds('zebra'), await finds('goldcrest'), await finds('small'), await finds('tiny')],
    [false, true, false, true]
  )
})

t.test("a show whose creator chose no number has the operator's number of seats", async t => {
  const { url } = await startApp(t, { LIMIT_STAGE: '3' })
  const creator = await signIn(url, 'Creator')
  t.equal((await creator.rest<Show>('POST', '/v1/shows', { title: 'Unsaid' })).settings.maxSpeakers, 3)
  t.equal(
    (await creator.rest<Show>('POST', '/v1/shows', { title: 'Said', settings: { maxSpeakers: 7 } })).settings
      .maxSpeakers,
    7
  )
})
