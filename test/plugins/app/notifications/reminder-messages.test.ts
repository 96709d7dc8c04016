import t, { type Test } from 'tap'
import type { PushMessage } from '../../../../contract/notifications.ts'
import type { Show } from '../../../../contract/shows.ts'
import type { MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { startPushService, type StandInBrowser } from '../../../standins/push-service/server.ts'
import { signIn, type TestUser } from '../../../users.ts'

t.jobs = 6
const service = await startPushService()
t.teardown(async () => await service.close())
const { app, url } = await startApp(t, { NOTIFY_PRIVATE_ADDRESSES: 'on' })
const { send } = createUserRequests(url)
const { key = '' } = (await send<{ key?: string }>(null, 'GET', '/v1/push/key')).body
const stored = app.db.collection<MessageDocument>('notificationMessages')
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

interface Setting {
  creator: TestUser
  fan: TestUser
  browser: StandInBrowser
  show: Show
}

/** A planned show, and a person with a browser who is reminded of it and follows nobody. */
async function setting(fields: object = {}): Promise<Setting> {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  const browser = await service.subscribe(key)
  await send(fan, 'PUT', '/v1/users/me/push-subscriptions', browser.subscription)
  const draft = { title: 'Songs', startsAt: inMinutes(120), ...fields }
  const show = (await send<Show>(creator, 'POST', '/v1/shows', draft)).body
  const { status } = await send(fan, 'PUT', `/v1/shows/${show.id}/reminder`)
  if (status !== 204) throw new Error(`the reminder answered ${status}`)
  return { creator, fan, browser, show }
}

const move = async ({ creator, show }: Setting, minutes: number) =>
  await send(creator, 'PATCH', `/v1/shows/${show.id}`, { startsAt: inMinutes(minutes) })
const start = async ({ creator, show }: Setting) => await send(creator, 'POST', `/v1/shows/${show.id}/start`)
const contentsOf = ({ browser }: Setting): PushMessage[] => browser.messages.map(({ text }) => JSON.parse(text))
const typesOf = (setting: Setting) => contentsOf(setting).map(({ type }) => type)

/** Waits until another show has been announced, so that this one would have been too. */
async function roundsPass(t: Test): Promise<void> {
  const other = await setting()
  await move(other, 5)
  await until(() => other.browser.messages.length === 1)
  await start(other)
  await until(() => other.browser.messages.length === 2)
  t.same(typesOf(other), ['show:soon', 'show:started'])
}

t.test(
  'a reminder tells some minutes before a show, and when it starts, without a follow',
  { buffered: true },
  async t => {
    const one = await setting()
    await roundsPass(t)
    t.same(typesOf(one), [], 'the show is two hours away')
    await move(one, 9)
    await until(() => one.browser.messages.length === 1)
    const { startsAt } = (await send<Show>(one.fan, 'GET', `/v1/shows/${one.show.id}`)).body
    t.match(contentsOf(one), [{ type: 'show:soon', showId: one.show.id, title: 'Songs', startsAt }])
    t.match(contentsOf(one), [{ creator: { displayName: 'Creator' }, url: `${url}/shows/${one.show.id}` }])
    await move(one, 8)
    await start(one)
    await until(() => one.browser.messages.length === 2)
    await roundsPass(t)
    t.same(typesOf(one), ['show:soon', 'show:started'], 'moving it within the hour tells nothing again')
  }
)

t.test('a follower with a reminder gets one message when the show starts', { buffered: true }, async t => {
  const one = await setting()
  await send(one.fan, 'PUT', `/v1/users/${one.creator.id}/follow`)
  await start(one)
  await until(() => one.browser.messages.length === 1)
  await roundsPass(t)
  t.same(typesOf(one), ['show:started'])
  t.equal(await stored.countDocuments({ userId: one.fan.id }), 1)
})

t.test('a reminder counts although the person is told nothing else of the creator', { buffered: true }, async t => {
  const [muted, silent] = [await setting(), await setting()]
  await send(muted.fan, 'PUT', `/v1/users/${muted.creator.id}/follow`)
  await send(muted.fan, 'PATCH', '/v1/users/me/notifications', { mutedCreatorIds: [muted.creator.id] })
  await send(silent.fan, 'PATCH', '/v1/users/me/notifications', { creators: 'none', push: false })
  await start(muted)
  await start(silent)
  await until(() => muted.browser.messages.length === 1)
  await roundsPass(t)
  t.same(typesOf(silent), [], 'who wants no push gets none')
})

t.test('shows of one creator within an hour are told to those who asked', { buffered: true }, async t => {
  const one = await setting()
  const first = (await send<Show>(one.creator, 'POST', '/v1/shows', { title: 'First' })).body
  await send(one.creator, 'POST', `/v1/shows/${first.id}/start`)
  await send(one.creator, 'POST', `/v1/shows/${first.id}/end`)
  await start(one)
  await until(() => one.browser.messages.length === 1)
  t.match(contentsOf(one), [{ type: 'show:started', showId: one.show.id }])
})

t.test('those who may not see a show any more are not reminded', { buffered: true }, async t => {
  const [hidden, unlisted, removed, deleted, blocked] = await Promise.all(
    [1, 2, 3, 4, 5].map(async () => await setting())
  )
  if (!hidden || !unlisted || !removed || !deleted || !blocked) throw new Error('a setting is missing')
  await send(hidden.creator, 'PATCH', `/v1/shows/${hidden.show.id}`, { visibility: 'private' })
  await send(unlisted.creator, 'PATCH', `/v1/shows/${unlisted.show.id}`, { visibility: 'unlisted' })
  await send(removed.fan, 'DELETE', `/v1/shows/${removed.show.id}/reminder`)
  await send(deleted.creator, 'DELETE', `/v1/shows/${deleted.show.id}`)
  await send(blocked.creator, 'PUT', `/v1/users/me/blocks/${blocked.fan.id}`)
  const all = [hidden, unlisted, removed, blocked]
  for (const each of all) await move(each, 9)
  await until(() => unlisted.browser.messages.length === 1)
  for (const each of all) await start(each)
  await until(() => unlisted.browser.messages.length === 2)
  await roundsPass(t)
  for (const each of [hidden, removed, deleted, blocked]) t.same(typesOf(each), [])
  const outcomes = await stored.find({ userId: { $in: [hidden.fan.id, blocked.fan.id] } }).toArray()
  t.same(new Set(outcomes.map(({ outcome }) => outcome)), new Set(['hidden', 'barred']))
})

t.test('a waiting message is dropped when the show is moved', { buffered: true }, async t => {
  const one = await setting()
  one.browser.answers.push({ status: 503 })
  await move(one, 9)
  const filter = { userId: one.fan.id, kind: 'soon' as const }
  await until(async () => (await stored.findOne(filter))?.attempts === 1)
  await until(async () => ((await stored.findOne(filter))?.nextAt?.getTime() ?? Infinity) < Date.now() + 30_000)
  await move(one, 600)
  // The facts of a show are read again after 2 s.
  await stored.updateOne(filter, { $set: { nextAt: new Date(Date.now() + 2500) } })
  await until(async () => (await stored.findOne(filter))?.outcome !== undefined)
  t.match(await stored.findOne(filter), { outcome: 'over' })
  await move(one, 9)
  await roundsPass(t)
  t.ok(typesOf(one).length <= 1, 'told once at most')
})
