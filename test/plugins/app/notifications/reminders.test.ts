import t from 'tap'
import type { ShowReminder } from '../../../../contract/reminders.ts'
import type { Show } from '../../../../contract/shows.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { signIn, type TestUser } from '../../../users.ts'

const { app, url } = await startApp(t)
const { send } = createUserRequests(url)
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

async function plan(creator: TestUser, fields: object = {}): Promise<Show> {
  return (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Planned', startsAt: inHours(2), ...fields })).body
}
const remind = async (fan: TestUser, { id }: Show) => (await send(fan, 'PUT', `/v1/shows/${id}/reminder`)).status
const remindersOf = async (fan: TestUser) =>
  (await send<{ items: ShowReminder[] }>(fan, 'GET', '/v1/users/me/reminders')).body.items

t.test('reminders follow the time of their shows, and go with them', async t => {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  const [first, second, noTime] = [await plan(creator), await plan(creator), await plan(creator, { startsAt: null })]
  for (const show of [noTime, second, first, first]) t.equal(await remind(fan, show), 204)
  await send(creator, 'PATCH', `/v1/shows/${second.id}`, { startsAt: inHours(1), title: 'Moved' })
  t.match(await remindersOf(fan), [
    { showId: second.id, title: 'Moved' },
    { showId: first.id, startsAt: first.startsAt },
    { showId: noTime.id, startsAt: null }
  ])
  await send(creator, 'DELETE', `/v1/shows/${second.id}`)
  t.same(
    (await remindersOf(fan)).map(({ showId }) => showId),
    [first.id, noTime.id]
  )
  t.equal(await app.db.collection('showReminders').countDocuments({ showId: second.id }), 0)
  t.equal((await send(fan, 'DELETE', `/v1/shows/${noTime.id}/reminder`)).status, 204)
  await send(creator, 'POST', `/v1/shows/${first.id}/start`)
  t.same(await remindersOf(fan), [], 'a show that has started is not planned any more')
  t.equal(await remind(fan, first), 409)
  await app.reminders.removeEnded()
  t.ok(await app.reminders.has(fan.id, first.id), 'kept while the show is live')
  await send(creator, 'POST', `/v1/shows/${first.id}/end`)
  await app.reminders.removeEnded()
  t.notOk(await app.reminders.has(fan.id, first.id))
})

t.test('a person has some reminders, for shows that they may see', async t => {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  t.equal(await remind(fan, await plan(creator, { visibility: 'private' })), 404)
  t.equal(await remind(fan, await plan(creator, { visibility: 'unlisted' })), 204)
  const show = await plan(creator)
  const reminder = (n: number, showId: string) => ({
    ...{ _id: `${n}:${fan.id}`, showId, userId: fan.id, createdAt: new Date() }
  })
  const stored = app.db.collection<{ _id: string }>('showReminders')
  await stored.insertMany(Array.from({ length: 99 }, (_, n) => reminder(n, 'gone')))
  t.equal(await remind(fan, show), 204, 'those of shows that are gone do not count')
  await stored.deleteMany({ showId: 'gone' })
  await stored.insertMany(Array.from({ length: 98 }, (_, n) => reminder(n, show.id)))
  t.equal(await remind(fan, await plan(creator)), 409)
  t.equal(await remind(fan, show), 204, 'repeated')
})

t.test('an erased account leaves no reminder', async t => {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  const show = await plan(creator)
  await remind(fan, show)
  t.match((await send<object>(fan, 'GET', '/v1/users/me/export')).body, { showReminders: [{ showId: show.id }] })
  await send(fan, 'DELETE', '/v1/users/me')
  t.notOk(await app.reminders.has(fan.id, show.id))
})

t.test('requests at the same time set no more reminders than a person may have', async t => {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  const shows = await Promise.all(Array.from({ length: 6 }, async () => await plan(creator)))
  const [first] = shows
  const stored = app.db.collection<{ _id: string }>('showReminders')
  const reminder = (n: number) => ({
    ...{ _id: `${n}:${fan.id}`, showId: first!.id, userId: fan.id, createdAt: new Date(n) }
  })
  await stored.insertMany(Array.from({ length: 98 }, (_, n) => reminder(n)))
  const results = await Promise.allSettled(shows.map(async ({ id }) => await app.reminders.add(fan.id, id)))
  const kept = results.filter(({ status }) => status === 'fulfilled').length
  t.ok(kept <= 2, `${kept} reminders were set`)
  t.equal(await stored.countDocuments({ userId: fan.id }), 98 + kept)
})
