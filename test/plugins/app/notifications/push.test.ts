import t, { type Test } from 'tap'
import type { PushMessage } from '../../../../contract/notifications.ts'
import type { Show } from '../../../../contract/shows.ts'
import type { MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { startPushService, type StandInBrowser } from '../../../standins/push-service/server.ts'
import { signIn, signInAsGuest, type TestUser } from '../../../users.ts'

t.jobs = 8
const service = await startPushService()
t.teardown(async () => await service.close())
const { app, url } = await startApp(t, {
  AUTH_GUESTS: 'on',
  NOTIFY_PRIVATE_ADDRESSES: 'on',
  PUSH_CONTACT: 'mailto:operator@radio.example'
})
const { send } = createUserRequests(url)
const { key = '' } = (await send<{ key?: string }>(null, 'GET', '/v1/push/key')).body
const stored = app.db.collection<MessageDocument>('notificationMessages')

async function subscribe(person: TestUser): Promise<StandInBrowser> {
  const browser = await service.subscribe(key)
  const { status } = await send(person, 'PUT', '/v1/users/me/push-subscriptions', browser.subscription)
  if (status !== 200) throw new Error(`subscribing answered ${status}`)
  return browser
}

const follow = async (person: TestUser, creator: TestUser) =>
  await send(person, 'PUT', `/v1/users/${creator.id}/follow`)

async function goLive(creator: TestUser, fields: object = {}): Promise<Show> {
  const { body } = await send<Show>(creator, 'POST', '/v1/shows', { title: 'Songs 🎧 from the kitchen', ...fields })
  return (await send<Show>(creator, 'POST', `/v1/shows/${body.id}/start`)).body
}

/** A creator, a follower of theirs, and the follower's browser. */
async function setting(): Promise<{ creator: TestUser; fan: TestUser; browser: StandInBrowser }> {
  const [creator, fan] = [await signIn(url, 'Creator'), await signIn(url, 'Fan')]
  await follow(fan, creator)
  return { creator, fan, browser: await subscribe(fan) }
}

async function findMessage(showId: string, fan: TestUser): Promise<MessageDocument | null> {
  return await stored.findOne({ _id: `${showId}:started:push:${fan.id}` })
}

/** Waits until a message is done. */
async function outcomeOf(showId: string, fan: TestUser): Promise<MessageDocument['outcome']> {
  await until(async () => (await findMessage(showId, fan))?.outcome !== undefined)
  return (await findMessage(showId, fan))?.outcome
}

/** Waits until the push service has refused a message once, changes something, and lets it be sent again. */
async function retryAfterChange(showId: string, fan: TestUser, change: () => Promise<unknown>): Promise<void> {
  await until(async () => {
    const message = await findMessage(showId, fan)
    return message?.attempts === 1 && (message.nextAt?.getTime() ?? 0) < Date.now() + 30_000
  })
  await change()
  // The facts of a show are read again after 2 s.
  const nextAt = new Date(Date.now() + 2500)
  await stored.updateOne({ _id: `${showId}:started:push:${fan.id}` }, { $set: { nextAt } })
}

t.test(
  'followers get one message in each browser when a show starts, and nobody else does',
  { buffered: true },
  async t => {
    const { creator, fan, browser } = await setting()
    const second = await subscribe(fan)
    const stranger = await subscribe(await signIn(url, 'Stranger'))
    const show = await goLive(creator)
    t.equal(await outcomeOf(show.id, fan), 'sent')
    for (const { messages } of [browser, second]) {
      const [message, ...more] = messages
      t.same(more, [])
      t.match(message, { contact: 'mailto:operator@radio.example', topic: /^[\w-]{32}$/ })
      t.ok((message?.ttl ?? 0) > 1700 && (message?.ttl ?? 0) <= 1800)
      const content: PushMessage = JSON.parse(message?.text ?? '')
      t.same(content, {
        type: 'show:started',
        showId: show.id,
        title: 'Songs 🎧 from the kitchen',
        creator: { id: creator.id, displayName: 'Creator', avatarUrl: null },
        url: `${url}/shows/${show.id}`,
        startedAt: show.startedAt
      })
    }
    t.same(stranger.messages, [])
    t.match(await app.metrics.text(), /ambient_notifications_total\{channel="push",outcome="sent"\} [1-9]/)
    t.same(
      (await app.readiness.degraded()).filter(name => name === 'push'),
      []
    )
  }
)

t.test(
  'a message that was sent is not sent again after a crash, nor to a browser that has it',
  { buffered: true },
  async t => {
    const { creator, fan, browser } = await setting()
    const second = await subscribe(fan)
    second.answers.push({ status: 503 })
    const show = await goLive(creator)
    await retryAfterChange(show.id, fan, async () => {})
    t.equal(await outcomeOf(show.id, fan), 'sent')
    t.equal(browser.messages.length, 1, 'the browser that had it')
    t.equal(second.messages.length, 1, 'the browser that did not')
    // As if the node had ended before it kept how far it was.
    await app.db
      .collection<{ _id: string }>('notificationOccasions')
      .updateOne({ _id: `${show.id}:started` }, { $set: { cursor: null, nextAt: new Date() } })
    await until(async () => {
      const occasion = await app.db
        .collection<{ _id: string; nextAt?: Date }>('notificationOccasions')
        .findOne({ _id: `${show.id}:started` })
      return occasion?.nextAt === undefined
    })
    t.equal((await findMessage(show.id, fan))?.nextAt, undefined, 'the message is still done')
    t.equal(browser.messages.length, 1)
  }
)

t.test('a browser that is gone is removed, and the others get the message', { buffered: true }, async t => {
  const { creator, fan, browser } = await setting()
  const gone = await subscribe(fan)
  gone.answers.push({ status: 410 })
  const show = await goLive(creator)
  t.equal(await outcomeOf(show.id, fan), 'sent')
  t.equal(browser.messages.length, 1)
  const { body } = await send<{ items: unknown[] }>(fan, 'GET', '/v1/users/me/push-subscriptions')
  t.equal(body.items.length, 1)
})

t.test('a push service that does not answer holds up no other browser', { buffered: true }, async t => {
  const { creator, fan, browser } = await setting()
  const { promise, resolve } = Promise.withResolvers<{ status: number }>()
  browser.answers.push(promise)
  const second = await subscribe(fan)
  const show = await goLive(creator)
  await until(() => second.messages.length === 1)
  t.equal((await findMessage(show.id, fan))?.outcome, undefined, 'the first browser still waits')
  resolve({ status: 410 })
  t.equal(await outcomeOf(show.id, fan), 'sent')
  t.equal(second.messages.length, 1)
})

t.test('a push service that asks to wait is not asked before', { buffered: true }, async t => {
  const { creator, fan, browser } = await setting()
  browser.answers.push({ status: 429, headers: { 'retry-after': '120' } })
  const before = Date.now()
  const show = await goLive(creator)
  await until(async () => ((await findMessage(show.id, fan))?.nextAt?.getTime() ?? 0) >= before + 120_000)
  t.match(await findMessage(show.id, fan), { attempts: 1 })
  const waitMs = ((await findMessage(show.id, fan))?.nextAt?.getTime() ?? 0) - before
  t.ok(waitMs < 150_000, `waits ${waitMs} ms`)
  t.same(browser.messages, [])
})

t.test('shows that are not public tell nobody', { buffered: true }, async t => {
  for (const visibility of ['private', 'unlisted']) {
    const { creator, browser } = await setting()
    await goLive(creator, { visibility })
    const { creator: other, fan, browser: told } = await setting()
    await outcomeOf((await goLive(other)).id, fan)
    t.equal(told.messages.length, 1, 'a later public show')
    t.same(browser.messages, [], visibility)
  }
})

/** Changes after the message is in the queue, and what becomes of it. */
const changes: Record<string, (parts: { creator: TestUser; fan: TestUser; show: Show; t: Test }) => Promise<string>> = {
  async 'the follower unfollows'({ creator, fan }) {
    await send(fan, 'DELETE', `/v1/users/${creator.id}/follow`)
    return 'unfollowed'
  },
  async 'the creator blocks the follower'({ creator, fan }) {
    await send(creator, 'PUT', `/v1/users/me/blocks/${fan.id}`)
    return 'unfollowed'
  },
  async 'a follow outlives a block'({ creator, fan }) {
    await send(creator, 'PUT', `/v1/users/me/blocks/${fan.id}`)
    const pair = { _id: `pair-${fan.id}`, fromId: fan.id, toId: creator.id, createdAt: new Date() }
    await app.db.collection<{ _id: string }>('follows').insertOne(pair)
    return 'barred'
  },
  async 'the follower is banned from the show'({ creator, fan, show, t }) {
    const member = await fan.connect()
    await member.join(show.id)
    const host = await creator.connect()
    await host.join(show.id)
    await host.request('member:remove', { userId: fan.id, ban: true })
    t.teardown(() => {
      member.disconnect()
      host.disconnect()
    })
    return 'barred'
  },
  async 'the creator is suspended'({ creator, t }) {
    await app.suspensions.add(creator.id, 'rude')
    t.teardown(async () => await app.suspensions.remove(creator.id))
    return 'barred'
  },
  async 'the follower mutes the creator'({ creator, fan }) {
    await send(fan, 'PATCH', '/v1/users/me/notifications', { mutedCreatorIds: [creator.id] })
    return 'unwanted'
  },
  async 'the follower switches everything off'({ fan }) {
    await send(fan, 'PATCH', '/v1/users/me/notifications', { creators: 'none' })
    return 'unwanted'
  },
  async 'quiet hours begin'({ fan }) {
    const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' })
    const [from, to] = [-3_600_000, 3_600_000].map(ms => clock.format(Date.now() + ms))
    const quietHours = { from, to, timeZone: 'Asia/Kathmandu' }
    const { status } = await send(fan, 'PATCH', '/v1/users/me/notifications', { quietHours })
    if (status !== 200) throw new Error(`quiet hours answered ${status}`)
    return 'unwanted'
  },
  async 'the show is hidden'({ creator, show }) {
    await send(creator, 'PATCH', `/v1/shows/${show.id}`, { visibility: 'private' })
    return 'hidden'
  },
  async 'the show ends'({ creator, show }) {
    await send(creator, 'POST', `/v1/shows/${show.id}/end`)
    return 'over'
  },
  async 'the follower has found the show'({ fan, show, t }) {
    const member = await fan.connect()
    await member.join(show.id)
    t.teardown(() => member.disconnect())
    return 'present'
  },
  async 'the follower signs out'({ fan }) {
    await app.sessions.revokeAll(fan.id)
    return 'noAddress'
  },
  async 'the sign-in of the browser expires'({ fan }) {
    await app.db.collection('sessions').updateMany({ userId: fan.id }, { $set: { expiresAt: new Date() } })
    return 'noAddress'
  },
  async 'half an hour passes'({ fan, show }) {
    await stored.updateOne({ _id: `${show.id}:started:push:${fan.id}` }, { $set: { expiresAt: new Date() } })
    return 'late'
  }
}
for (const [what, change] of Object.entries(changes)) {
  t.test(`a waiting message is dropped when ${what}`, { buffered: true }, async t => {
    const { creator, fan, browser } = await setting()
    browser.answers.push({ status: 503 })
    const show = await goLive(creator)
    let expected = ''
    await retryAfterChange(show.id, fan, async () => {
      expected = await change({ creator, fan, show, t })
    })
    t.equal(await outcomeOf(show.id, fan), expected)
    t.same(browser.messages, [])
  })
}

t.test('an erased account leaves no message, settings or browser', { buffered: true }, async t => {
  const { creator, fan, browser } = await setting()
  await send(fan, 'PATCH', '/v1/users/me/notifications', { push: true })
  const show = await goLive(creator)
  await outcomeOf(show.id, fan)
  const exported = (await send<Record<string, object[]>>(fan, 'GET', '/v1/users/me/export')).body
  t.match(exported.notifications, [{ showId: show.id, outcome: 'sent' }])
  t.match(exported.pushSubscriptions, [{ pushService: service.url }])
  t.match(exported.notificationSettings, [{ push: true }])
  t.notOk(JSON.stringify(exported).includes(browser.subscription.keys.auth), 'an export has no secrets')
  t.equal((await send(fan, 'DELETE', '/v1/users/me')).status, 204)
  t.equal(await findMessage(show.id, fan), null)
  t.equal(await app.db.collection('pushSubscriptions').countDocuments({ userId: fan.id }), 0)
})

t.test('subscribing checks keys, addresses and numbers', { buffered: true }, async t => {
  const [fan, other] = [await signIn(url, 'Fan'), await signIn(url, 'Other')]
  const path = '/v1/users/me/push-subscriptions'
  const { subscription } = await service.subscribe(key)
  const put = async (person: { token: string }, changes: object = {}) =>
    await send(person, 'PUT', path, { ...subscription, ...changes })
  t.equal((await put(fan)).status, 200)
  t.equal((await put(fan)).status, 200, 'safe to repeat')
  t.match(await put(other, { keys: { ...subscription.keys, auth: 'x'.repeat(22) } }), {
    status: 409,
    body: { code: 'CONFLICT' }
  })
  t.match(await put(other), { status: 200 }, 'another person signs in in this browser')
  t.same((await send(fan, 'GET', path)).body, { items: [] })
  const p256dh = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url')
  t.match(await put(fan, { keys: { ...subscription.keys, p256dh } }), {
    status: 400,
    body: { issues: [{ path: '/keys/p256dh' }] }
  })
  t.match(await put(fan, { endpoint: 'https://me:pw@push.example/x' }), {
    status: 400,
    body: { issues: [{ path: '/endpoint' }] }
  })
  t.equal((await put(fan, { endpoint: `https://push.example/${'x'.repeat(1000)}` })).status, 400)
  t.equal((await put(await signInAsGuest(url))).status, 403)
  for (let n = 0; n < 12; n++) await subscribe(fan)
  const { items } = (await send<{ items: { id: string }[] }>(fan, 'GET', path)).body
  t.equal(items.length, 10, 'a further browser replaces the oldest')
  t.equal((await send(other, 'DELETE', `${path}/${items[0]?.id}`)).status, 204)
  t.equal((await send<{ items: unknown[] }>(fan, 'GET', path)).body.items.length, 10, 'nobody removes those of others')
  t.equal((await send(fan, 'DELETE', `${path}/${items[0]?.id}`)).status, 204)
  t.equal((await send<{ items: unknown[] }>(fan, 'GET', path)).body.items.length, 9)
})

t.test('connections end at a sign-out while the store does not remove the browser', { buffered: true }, async t => {
  const { fan } = await setting()
  const connection = await fan.connect()
  const { removeOfSignIns } = app.pushSubscriptions
  const subscription = await app.db.collection('pushSubscriptions').findOne({ userId: fan.id })
  const hanging = Promise.withResolvers<void>()
  app.pushSubscriptions.removeOfSignIns = async signInIds => {
    if (signInIds.includes(subscription?.signInId)) await hanging.promise
    await removeOfSignIns(signInIds)
  }
  t.teardown(() => {
    app.pushSubscriptions.removeOfSignIns = removeOfSignIns
    hanging.resolve()
  })
  const closed = until(() => !connection.socket.connected)
  await app.sessions.revokeAll(fan.id)
  await closed
})

t.test('a browser whose sign-in has ended unnoticed is removed', { buffered: true }, async t => {
  const { fan } = await setting()
  const subscriptions = app.db.collection<{ _id: string; userId: string; signInId: string }>('pushSubscriptions')
  const whole = await subscriptions.findOne({ userId: fan.id })
  // As a request leaves it that comes while the person signs out.
  await subscriptions.insertOne({ ...whole!, _id: `orphan-${fan.id}`, signInId: 'ended' })
  t.equal((await app.pushSubscriptions.ofPerson(fan.id)).length, 1)
  t.equal(await subscriptions.countDocuments({ userId: fan.id }), 1)
  await subscriptions.insertOne({ ...whole!, _id: `orphan-${fan.id}`, signInId: 'ended' })
  await app.pushSubscriptions.removeEnded()
  t.match(await subscriptions.find({ userId: fan.id }).toArray(), [{ _id: whole?._id }])
})

t.test('subscribing again changes neither time nor failures, but another person begins anew', async t => {
  const [fan, other] = [await signIn(url, 'Fan'), await signIn(url, 'Other')]
  const path = '/v1/users/me/push-subscriptions'
  const { subscription } = await service.subscribe(key)
  const put = async (person: TestUser) =>
    (await send<{ id: string; createdAt: string }>(person, 'PUT', path, subscription)).body
  const first = await put(fan)
  const subscriptions = app.db.collection<{ _id: string; failures: number; createdAt: Date }>('pushSubscriptions')
  const createdAt = new Date(Date.now() - 86_400_000)
  await subscriptions.updateOne({ _id: first.id }, { $set: { failures: 7, createdAt } })
  t.equal((await put(fan)).createdAt, createdAt.toISOString())
  t.match(await subscriptions.findOne({ _id: first.id }), { failures: 7, createdAt })
  for (let n = 0; n < 10; n++) await subscribe(other)
  t.ok(Date.parse((await put(other)).createdAt) > createdAt.getTime())
  const { items } = (await send<{ items: { id: string }[] }>(other, 'GET', path)).body
  t.equal(items.length, 10)
  t.equal(items[0]?.id, first.id, 'the newest browser of the other person')
  t.match(await subscriptions.findOne({ _id: first.id }), { failures: 7 })
})

t.test('followers hear of one show of a creator in an hour', { buffered: true }, async t => {
  const { creator, fan, browser } = await setting()
  const first = await goLive(creator)
  t.equal(await outcomeOf(first.id, fan), 'sent')
  await send(creator, 'POST', `/v1/shows/${first.id}/end`)
  const second = await goLive(creator)
  const { creator: other, fan: otherFan } = await setting()
  await outcomeOf((await goLive(other)).id, otherFan)
  t.equal(await findMessage(second.id, fan), null)
  t.equal(browser.messages.length, 1)
})
