import t from 'tap'
import type { Show } from '../../../contract/shows.ts'
import type { ShowDocument } from '../../../plugins/app/shows/document.ts'
import type { SeriesDocument } from '../../../plugins/app/shows/series/document.ts'
import { startApp } from '../../realtime/real-app.ts'
import { signIn, type TestUser } from '../../users.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t)
const shows = app.db.collection<ShowDocument>('shows')
const series = app.db.collection<SeriesDocument>('showSeries')
const dayMs = 86_400_000
const hourMs = 3_600_000

/** Plans a show that repeats every week, from tomorrow on. */
async function planWeekly(creator: TestUser, more: object = {}): Promise<Required<Pick<Show, 'id' | 'series'>>> {
  const startsAt = new Date(Math.ceil(Date.now() / hourMs) * hourMs + dayMs).toISOString()
  const { status, body } = await send(url, creator, 'POST', '/', {
    title: 'Sunday songs',
    startsAt,
    tags: ['songs'],
    repeat: { rule: 'FREQ=WEEKLY', timeZone: 'Europe/Berlin' },
    ...more
  })
  t.equal(status, 201, JSON.stringify(body))
  return body
}

const showsOf = async (seriesId: string) => await shows.find({ 'series.id': seriesId }).sort({ startsAt: 1 }).toArray()

/** Lets the planned show of a series begin: its time is past. */
async function passDate(seriesId: string): Promise<void> {
  const past = new Date(Date.now() - 1000)
  await series.updateOne({ _id: seriesId }, { $set: { dueAt: past } })
}

const sendSeries = async (caller: TestUser, method: string, seriesId: string, body?: object) =>
  await fetch(`${url}/v1/series/${seriesId}`, {
    method,
    headers: { authorization: `Bearer ${caller.token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) })
  })

t.test('each date becomes one planned show, when the one before starts', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  t.match(first, { title: 'Sunday songs', series: { rule: 'FREQ=WEEKLY', timeZone: 'Europe/Berlin' }, tags: ['songs'] })
  await app.showSeries.planDue()
  t.equal((await showsOf(first.series.id)).length, 1, 'no more while it is planned')
  await passDate(first.series.id)
  await Promise.all(Array.from({ length: 8 }, async () => await app.showSeries.planDue()))
  const planned = await showsOf(first.series.id)
  t.equal(planned.length, 2, 'one, however many nodes plan it at the same time')
  t.equal(planned[1]!.startsAt!.getTime() - planned[0]!.startsAt!.getTime() - 7 * dayMs < 2 * hourMs, true)
  t.match(planned[1], { title: 'Sunday songs', tags: ['songs'], status: 'scheduled', creatorId: creator.id })
  await app.showSeries.planDue()
  t.equal((await showsOf(first.series.id)).length, 2)
})

t.test('after a crash between both writes, the date has one show', async t => {
  const first = await planWeekly(await signIn(url, 'Creator'))
  const before = await series.findOne({ _id: first.series.id })
  await passDate(first.series.id)
  await app.showSeries.planDue()
  // The show is stored; the series does not know of it yet.
  await series.updateOne({ _id: first.series.id }, { $set: { planned: before!.planned, dueAt: new Date(0) } })
  await app.showSeries.planDue()
  t.equal((await showsOf(first.series.id)).length, 2)
  t.ok((await series.findOne({ _id: first.series.id }))!.planned > before!.planned, 'the series goes on')
})

t.test('a cancelled date stays cancelled, and the next one is planned at once', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  const date = (await showsOf(first.series.id))[0]!.startsAt!
  t.equal((await send(url, creator, 'DELETE', `/${first.id}`)).status, 204)
  const planned = await showsOf(first.series.id)
  t.equal(planned.length, 1)
  t.ok(planned[0]!.startsAt! > date, 'a week later')
  await passDate(first.series.id)
  await app.showSeries.planDue()
  t.notOk((await showsOf(first.series.id)).some(({ startsAt }) => startsAt!.getTime() === date.getTime()))
})

t.test('an edit of one show leaves the others, and an edit of the series changes all that are planned', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  await send(url, creator, 'PATCH', `/${first.id}`, { title: 'A guest' })
  await passDate(first.series.id)
  await app.showSeries.planDue()
  t.strictSame(
    (await showsOf(first.series.id)).map(({ title }) => title),
    ['A guest', 'Sunday songs']
  )
  const patch = { title: 'Monday songs', tags: ['#Monday'], settings: { record: true } }
  t.equal((await sendSeries(creator, 'PATCH', first.series.id, patch)).status, 204)
  await passDate(first.series.id)
  await app.showSeries.planDue()
  for (const show of await showsOf(first.series.id)) {
    t.match(show, { title: 'Monday songs', tags: ['monday'], settings: { record: true }, words: ['monday'] })
  }
  t.equal((await showsOf(first.series.id)).length, 3)
})

t.test('another rule moves the planned show, and the later ones follow it', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  const startsAt = new Date(Math.ceil(Date.now() / hourMs) * hourMs + 3 * dayMs)
  const repeat = { rule: 'FREQ=WEEKLY;INTERVAL=2', timeZone: 'UTC', startsAt: startsAt.toISOString() }
  const stranger = await signIn(url, 'Stranger')
  t.equal((await sendSeries(stranger, 'PATCH', first.series.id, { repeat })).status, 404)
  t.equal((await sendSeries(creator, 'PATCH', first.series.id, { title: 'Moved', repeat })).status, 204)
  t.match(await showsOf(first.series.id), [
    { _id: first.id, title: 'Moved', startsAt, series: { rule: 'FREQ=WEEKLY;INTERVAL=2', timeZone: 'UTC' } }
  ])
  t.equal((await sendSeries(creator, 'PATCH', first.series.id, { repeat })).status, 204, 'once more')
  await app.showSeries.planDue()
  t.equal((await showsOf(first.series.id)).length, 1)
  await passDate(first.series.id)
  await app.showSeries.planDue()
  const planned = await showsOf(first.series.id)
  t.equal(planned.length, 2)
  t.equal(planned[1]!.startsAt!.getTime(), startsAt.getTime() + 14 * dayMs)
})

t.test('another rule while no show is planned plans its first date', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  await shows.updateOne({ _id: first.id }, { $set: { status: 'live' } })
  const startsAt = new Date(Math.ceil(Date.now() / hourMs) * hourMs + 3 * dayMs)
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC', startsAt: startsAt.toISOString() }
  t.equal((await sendSeries(creator, 'PATCH', first.series.id, { repeat })).status, 204)
  const [live, next, ...more] = await showsOf(first.series.id)
  t.match(live, { _id: first.id, status: 'live', series: { rule: 'FREQ=WEEKLY' } })
  t.match(next, { status: 'scheduled', startsAt, title: 'Sunday songs', series: { rule: 'FREQ=DAILY' } })
  t.strictSame(more, [])
})

t.test('a show planned by the rule of before makes way for the other rule', async t => {
  const creator = await signIn(url, 'Creator')
  const startsAt = new Date(Math.ceil(Date.now() / hourMs) * hourMs + 3 * dayMs)
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC', startsAt: startsAt.toISOString() }
  for (let attempt = 0; attempt < 10; attempt++) {
    const first = await planWeekly(creator)
    await shows.updateOne({ _id: first.id }, { $set: { status: 'live' } })
    await passDate(first.series.id)
    const patch = async () => {
      await new Promise(resolve => setTimeout(resolve, 3 * attempt))
      return await sendSeries(creator, 'PATCH', first.series.id, { repeat })
    }
    await Promise.all([app.showSeries.planDue(), patch()])
    await app.showSeries.planDue()
    const planned = (await showsOf(first.series.id)).filter(({ status }) => status === 'scheduled')
    t.match(planned, [{ startsAt }])
    t.equal(planned.length, 1, `one show, with ${3 * attempt} ms between`)
    await app.showSeries.remove(first.series.id, creator.id)
  }
})

t.test('invalid other rules change nothing', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  const before = await showsOf(first.series.id)
  const startsAt = new Date(Date.now() + dayMs).toISOString()
  for (const repeat of [
    { rule: 'FREQ=WEEKLY', timeZone: 'UTC' },
    { rule: 'FREQ=YEARLY', timeZone: 'UTC', startsAt },
    { rule: 'FREQ=WEEKLY', timeZone: 'Nowhere', startsAt },
    { rule: 'FREQ=WEEKLY', timeZone: 'UTC', startsAt: new Date(Date.now() - dayMs).toISOString() }
  ]) {
    const { status } = await sendSeries(creator, 'PATCH', first.series.id, { title: 'Refused', repeat })
    t.equal(status, 400, JSON.stringify(repeat))
  }
  t.strictSame(await showsOf(first.series.id), before)
})

t.test('a series that is stopped has no planned show, and plans no more', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  const stranger = await signIn(url, 'Stranger')
  t.equal((await sendSeries(stranger, 'PATCH', first.series.id, { title: 'Mine' })).status, 404)
  t.equal((await sendSeries(stranger, 'DELETE', first.series.id)).status, 404)
  t.equal((await showsOf(first.series.id))[0]?.title, 'Sunday songs')
  t.equal((await sendSeries(creator, 'DELETE', first.series.id)).status, 204)
  await app.showSeries.planDue()
  t.strictSame(await showsOf(first.series.id), [])
  t.equal((await sendSeries(creator, 'DELETE', first.series.id)).status, 404)
})

t.test('a series ends after its number of dates', async t => {
  const first = await planWeekly(await signIn(url, 'Creator'), {
    repeat: { rule: 'FREQ=DAILY;COUNT=2', timeZone: 'UTC' }
  })
  for (let n = 0; n < 4; n++) {
    await passDate(first.series.id)
    // The clock of the test does not pass the dates: each is planned as if it was the last that passed.
    await app.showSeries.planDue()
  }
  t.equal((await showsOf(first.series.id)).length, 2)
  t.equal((await series.findOne({ _id: first.series.id }))?.dueAt, null)
})

t.test('invalid repeats are refused, and nothing is stored', async t => {
  const creator = await signIn(url, 'Creator')
  const startsAt = new Date(Date.now() + dayMs).toISOString()
  const weekly = { rule: 'FREQ=WEEKLY', timeZone: 'UTC' }
  for (const draft of [
    { repeat: weekly },
    { repeat: weekly, startsAt: null },
    { repeat: weekly, startsAt: new Date(Date.now() - dayMs).toISOString() },
    { repeat: { ...weekly, rule: 'FREQ=SECONDLY' }, startsAt },
    { repeat: { ...weekly, timeZone: 'Nowhere' }, startsAt },
    { repeat: weekly, startsAt, tags: ['#'] },
    { repeat: { rule: 'FREQ=WEEKLY' }, startsAt }
  ]) {
    const { status } = await send(url, creator, 'POST', '/', { title: 'Refused', ...draft })
    t.equal(status, 400, JSON.stringify(draft))
  }
  t.equal(await series.countDocuments({ creatorId: creator.id }), 0)
  t.equal(await shows.countDocuments({ creatorId: creator.id }), 0)
})

t.test('a person has a limited number of series', async t => {
  const creator = await signIn(url, 'Creator')
  for (let n = 0; n < 20; n++) await planWeekly(creator)
  const startsAt = new Date(Date.now() + dayMs).toISOString()
  const repeat = { rule: 'FREQ=WEEKLY', timeZone: 'UTC' }
  const { status, body } = await send(url, creator, 'POST', '/', { title: 'One more', startsAt, repeat })
  t.match([status, body.code], [409, 'CONFLICT'])
})

t.test('requests at the same time plan no more series than a person may have', async t => {
  const { id } = await signIn(url, 'Creator')
  const startsAt = new Date(Math.ceil(Date.now() / hourMs) * hourMs + dayMs).toISOString()
  const plan = async () =>
    await app.showSeries.create(id, { rule: 'FREQ=DAILY', timeZone: 'UTC' }, { title: 'Daily', startsAt })
  for (let n = 0; n < 19; n++) await plan()
  const results = await Promise.allSettled(Array.from({ length: 4 }, plan))
  t.ok(results.some(({ status }) => status === 'rejected'))
  const kept = await series.find({ creatorId: id }).toArray()
  t.ok(kept.length <= 20, `${kept.length} series`)
  t.equal(await shows.countDocuments({ creatorId: id }), kept.length, 'those of the surplus have no show')
})

t.test('a series that cannot be planned holds up no other', async t => {
  const creator = await signIn(url, 'Creator')
  const broken = await planWeekly(creator)
  await passDate(broken.series.id)
  await series.updateOne({ _id: broken.series.id }, { $set: { timeZone: 'Nowhere/Gone', dueAt: new Date(0) } })
  const whole = await planWeekly(await signIn(url, 'Other'))
  await passDate(whole.series.id)
  t.equal((await send(url, creator, 'DELETE', `/${(await planWeekly(creator)).id}`)).status, 204)
  await t.rejects(app.showSeries.planDue(), { message: 'next shows of series not planned' })
  t.equal((await showsOf(whole.series.id)).length, 2)
  t.ok((await series.findOne({ _id: broken.series.id }))!.dueAt! > new Date(), 'it is tried again later')
  await app.showSeries.planDue()
  t.equal((await sendSeries(creator, 'DELETE', broken.series.id)).status, 204)
})

t.test('the next show of a suspended person is not planned', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  await app.db.collection<{ _id: string; at: Date }>('suspensions').insertOne({ _id: creator.id, at: new Date() })
  await passDate(first.series.id)
  await app.showSeries.planDue()
  t.equal((await showsOf(first.series.id)).length, 1)
  t.ok((await series.findOne({ _id: first.series.id }))!.dueAt! > new Date(), 'it is tried again later')
})

t.test('series are exported, and erased with their shows', async t => {
  const creator = await signIn(url, 'Creator')
  const first = await planWeekly(creator)
  const exported: unknown[] = []
  for await (const record of app.showSeries.personalData.export(creator.id)) exported.push(record)
  t.match(exported, [{ id: first.series.id, title: 'Sunday songs', rule: 'FREQ=WEEKLY' }])
  await app.erasure.erase(creator.id)
  await app.showSeries.planDue()
  t.equal(await series.countDocuments({ creatorId: creator.id }), 0)
  t.strictSame(await showsOf(first.series.id), [])
})
