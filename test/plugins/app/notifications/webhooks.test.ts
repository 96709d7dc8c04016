import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Show } from '../../../../contract/shows.ts'
import type { Webhook, WebhookDelivery, WebhookDraft, WebhookWithSecret } from '../../../../contract/webhooks.ts'
import type {
  WebhookDeliveryDocument,
  WebhookDocument
} from '../../../../plugins/app/notifications/webhooks/documents.ts'
import { createWebhooks } from '../../../../plugins/app/notifications/webhooks/webhooks.ts'
import { createSealedBox } from '../../../../plugins/app/identity/sealed-box.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../../standins/webhook-receiver.ts'
import { signIn, signInAsGuest, type TestUser } from '../../../users.ts'

t.jobs = 6
const { app, url } = await startApp(t, { AUTH_GUESTS: 'on', NOTIFY_PRIVATE_ADDRESSES: 'on' })
const { send } = createUserRequests(url)
const path = '/v1/users/me/webhooks'
const events: WebhookDraft['events'] = ['show.scheduled', 'show.started', 'show.ended']
const deliveries = app.db.collection<WebhookDeliveryDocument>('webhookDeliveries')
const webhooks = app.db.collection<WebhookDocument>('webhooks')
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

interface Setting {
  creator: TestUser
  receiver: WebhookReceiver
  webhook: WebhookWithSecret
}

/** A creator with a webhook, and the server that it names. */
async function setting(t: Test, draft: Partial<WebhookDraft> = {}): Promise<Setting> {
  const [creator, receiver] = [await signIn(url, 'Creator'), await startWebhookReceiver()]
  t.teardown(async () => await receiver.close())
  const { status, body } = await send<WebhookWithSecret>(creator, 'POST', path, {
    ...{ url: `${receiver.url}/hook?key=1`, events },
    ...draft
  })
  if (status !== 201) throw new Error(`adding a webhook answered ${status}`)
  return { creator, receiver, webhook: body }
}

async function deliveriesOf({ creator, webhook }: Setting): Promise<WebhookDelivery[]> {
  return (await send<{ items: WebhookDelivery[] }>(creator, 'GET', `${path}/${webhook.id}/deliveries`)).body.items
}
const stateOf = async ({ creator, webhook }: Setting): Promise<Webhook | undefined> =>
  (await send<{ items: Webhook[] }>(creator, 'GET', path)).body.items.find(({ id }) => id === webhook.id)
/** Lets the waiting messages of a webhook be sent now. */
const sendNow = async ({ webhook }: Setting) =>
  await deliveries.updateMany({ webhookId: webhook.id, status: 'waiting' }, { $set: { nextAt: new Date() } })
const test = async ({ creator, webhook }: Setting) => await send(creator, 'POST', `${path}/${webhook.id}/test`)

t.test('a webhook is told what happens with the shows of its owner, once', { buffered: true }, async t => {
  const one = await setting(t)
  const { creator, receiver, webhook } = one
  const stranger = await setting(t)
  const draft = { title: 'Songs 🎧', startsAt: inHours(1), visibility: 'private' }
  const { id } = (await send<Show>(creator, 'POST', '/v1/shows', draft)).body
  await until(() => receiver.requests.length === 1)
  await send(creator, 'PATCH', `/v1/shows/${id}`, { title: 'Other songs' })
  await send(creator, 'PATCH', `/v1/shows/${id}`, { startsAt: inHours(2) })
  await until(() => receiver.requests.length === 2)
  await send(creator, 'POST', `/v1/shows/${id}/start`)
  await until(() => receiver.requests.length === 3)
  await send(creator, 'POST', `/v1/shows/${id}/end`)
  await until(() => receiver.requests.length === 4)
  const messages = receiver.requests.map(request => receiver.verify(request, webhook.secret))
  t.match(messages, [
    { type: 'show.scheduled', data: { show: { id, title: 'Songs 🎧', visibility: 'private', status: 'scheduled' } } },
    { type: 'show.scheduled', data: { show: { title: 'Other songs' } } },
    { type: 'show.started', data: { show: { id, status: 'live', endedAt: null, url: `${url}/shows/${id}` } } },
    { type: 'show.ended', data: { show: { id, status: 'ended' } } }
  ])
  t.equal(receiver.requests[0]?.path, '/hook?key=1')
  t.equal(new Set(receiver.requests.map(({ id }) => id)).size, 4)
  await until(async () => (await deliveriesOf(one)).every(({ status }) => status === 'delivered'))
  t.match(
    (await deliveriesOf(one)).map(({ event }) => event),
    ['show.ended', 'show.started', 'show.scheduled', 'show.scheduled']
  )
  t.same(stranger.receiver.requests, [])
  t.match(await app.metrics.text(), /ambient_webhook_deliveries_total\{outcome="delivered"\} [1-9]/)
})

t.test('a webhook gets only the events it asked for, and nothing of before', { buffered: true }, async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Before', startsAt: inHours(1) })).body
  const receiver = await startWebhookReceiver()
  t.teardown(async () => await receiver.close())
  await send(creator, 'POST', path, { url: receiver.url, events: ['show.ended', 'show.scheduled'] })
  await send(creator, 'PATCH', `/v1/shows/${id}`, { title: 'The same time' })
  await send(creator, 'POST', `/v1/shows/${id}/start`)
  await send(creator, 'POST', `/v1/shows/${id}/end`)
  await until(() => receiver.requests.length > 0)
  t.same(
    receiver.requests.map(({ text }) => JSON.parse(text).type),
    ['show.ended']
  )
})

t.test(
  'a message that is not accepted is repeated later with the same id, and a new signature',
  { buffered: true },
  async t => {
    const one = await setting(t, { events: ['show.started'] })
    const { creator, receiver, webhook } = one
    receiver.answers.push(500, 302, 429)
    const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Show' })).body
    await send(creator, 'POST', `/v1/shows/${id}/start`)
    for (const [n, [answer, minMs]] of [
      [500, 5_000],
      [302, 50_000],
      [429, 290_000]
    ].entries()) {
      await until(async () => (await deliveriesOf(one))[0]?.answer === answer)
      const [delivery] = await deliveriesOf(one)
      t.match(delivery, { status: 'waiting', attempts: n + 1, showId: id })
      t.ok(Date.parse(delivery?.nextAt ?? '') > Date.now() + (minMs ?? 0), `waits ${minMs} ms at least`)
      await sendNow(one)
    }
    await until(async () => (await deliveriesOf(one))[0]?.status === 'delivered')
    t.equal(new Set(receiver.requests.map(({ id }) => id)).size, 1)
    for (const request of receiver.requests) t.equal(receiver.verify(request, webhook.secret).type, 'show.started')
    t.equal((await webhooks.findOne({ _id: webhook.id }))?.failures, 0, 'an accepted message forgets the failures')
  }
)

t.test('an answer 410 disables a webhook, and its owner enables it again', { buffered: true }, async t => {
  const one = await setting(t, { events: ['show.ended'] })
  const { creator, receiver, webhook } = one
  receiver.answers.push(410)
  t.equal((await test(one)).status, 202)
  await until(async () => (await stateOf(one))?.isEnabled === false)
  t.match(await stateOf(one), { disabledReason: 'gone' })
  t.equal((await test(one)).status, 409)
  const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Meanwhile' })).body
  await send(creator, 'POST', `/v1/shows/${id}/start`)
  await send(creator, 'POST', `/v1/shows/${id}/end`)
  const { body } = await send(creator, 'PATCH', `${path}/${webhook.id}`, { isEnabled: true })
  t.match(body, { isEnabled: true, disabledReason: null })
  await test(one)
  await until(() => receiver.requests.length === 2)
  t.equal(receiver.verify(receiver.requests[1], webhook.secret).type, 'webhook.test')
  t.equal(await deliveries.countDocuments({ showId: id }), 0, 'what happened meanwhile is not told')
})

t.test('many failures in a row disable a webhook, and its messages fail', { buffered: true }, async t => {
  const one = await setting(t, { events: ['show.started'] })
  const { creator, receiver, webhook } = one
  await webhooks.updateOne({ _id: webhook.id }, { $set: { failures: 19 } })
  receiver.answers.push(503)
  const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Show' })).body
  await send(creator, 'POST', `/v1/shows/${id}/start`)
  await until(async () => (await stateOf(one))?.isEnabled === false)
  t.match(await stateOf(one), { disabledReason: 'failing' })
  await until(async () => (await deliveriesOf(one))[0]?.answer === 503)
  await sendNow(one)
  await until(async () => (await deliveriesOf(one))[0]?.status === 'failed')
  t.match(await deliveriesOf(one), [{ answer: 503, attempts: 2, nextAt: null }])
  t.equal(receiver.requests.length, 1, 'nothing is sent to a disabled webhook')
})

t.test('a test is sent once, and says what happened', { buffered: true }, async t => {
  const one = await setting(t)
  one.receiver.answers.push(404)
  await test(one)
  await until(async () => (await deliveriesOf(one))[0]?.status === 'failed')
  t.match(await deliveriesOf(one), [{ event: 'webhook.test', showId: null, answer: 404, error: null, attempts: 1 }])
  await one.receiver.close()
  await test(one)
  await until(async () => (await deliveriesOf(one))[0]?.status === 'failed')
  t.match((await deliveriesOf(one))[0], { answer: null, error: 'connection' })
  t.equal((await webhooks.findOne({ _id: one.webhook.id }))?.failures, 0, 'tests disable nothing')
  await deliveries.insertMany(
    [1, 2, 3].map(n => ({
      ...{ _id: `${one.webhook.id}${n}`, webhookId: one.webhook.id, userId: one.creator.id, event: 'webhook.test' },
      ...{ showId: null, body: '{}', attempts: 0, nextAt: new Date(Date.now() + 60_000), status: 'waiting' },
      ...{ answer: null, error: null, createdAt: new Date() }
    })) as WebhookDeliveryDocument[]
  )
  t.equal((await test(one)).status, 429)
})

t.test('for a day after a change, messages have a signature of the old secret too', { buffered: true }, async t => {
  const one = await setting(t)
  const { creator, receiver, webhook } = one
  const { body } = await send<WebhookWithSecret>(creator, 'POST', `${path}/${webhook.id}/secret`)
  t.match(body.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  await test(one)
  await until(() => receiver.requests.length === 1)
  for (const secret of [webhook.secret, body.secret]) t.ok(receiver.verify(receiver.requests[0], secret))
  await webhooks.updateOne({ _id: webhook.id }, { $set: { formerUntil: new Date() } })
  await test(one)
  await until(() => receiver.requests.length === 2)
  t.ok(receiver.verify(receiver.requests[1], body.secret))
  t.throws(() => receiver.verify(receiver.requests[1], webhook.secret))
  const stored = JSON.stringify(await webhooks.findOne({ _id: webhook.id }))
  for (const secret of [webhook.secret, body.secret]) t.notOk(stored.includes(secret.slice(6)), 'stored sealed')
})

t.test('new keys seal the secrets again, and a lost key is no end', { buffered: true }, async t => {
  const key = (kid: string) => ({ kid, secret: kid.repeat(32) })
  const use = { purpose: 'test', setting: 'TOKEN_KEYS' }
  const stored = app.db.collection<WebhookDocument>('webhooksOfTest')
  const withKeys = (...kids: string[]) => {
    const box = createSealedBox(kids.map(key), use)
    return createWebhooks({ webhooks: stored, deliveries, outbound: { isAllowed: () => true }, box, nowMs: Date.now })
  }
  const draft = { url: 'https://hooks.example/x', events }
  const { id } = await withKeys('a').create('owner', draft)
  await withKeys('a').rotate('owner', id)
  const lost = await withKeys('c').create('owner', draft)
  t.equal(await withKeys('b', 'a').reseal(), 1)
  const kidsOf = async (_id: string) => {
    const found = await stored.findOne({ _id })
    return [found?.secret.kid, found?.formerSecret?.kid]
  }
  t.same(await kidsOf(id), ['b', 'b'], 'the former one, too')
  t.same(await kidsOf(lost.id), ['c', undefined])
  t.equal(await withKeys('b').reseal(), 0)
  await withKeys('b').rotate('owner', lost.id)
  t.same(await kidsOf(lost.id), ['b', undefined], 'a new secret is on its own')
})

t.test('an address that never answers holds up only its owner', { buffered: true }, async t => {
  const [slow, other] = [await setting(t), await setting(t)]
  let [open, maxOpen] = [0, 0]
  const silent = createServer(socket => {
    maxOpen = Math.max(maxOpen, ++open)
    socket.on('error', () => {}).on('close', () => open--)
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  await send(slow.creator, 'PATCH', `${path}/${slow.webhook.id}`, { url: `http://127.0.0.1:${port}/` })
  const messageTo = (one: Setting, n: number, atMs: number) => ({
    ...{ _id: `${one.webhook.id}${n}`, webhookId: one.webhook.id, userId: one.creator.id, event: 'show.started' },
    ...{ showId: null, body: '{}', attempts: 0, nextAt: new Date(atMs), status: 'waiting' },
    ...{ answer: null, error: null, createdAt: new Date() }
  })
  const messages = [...Array.from({ length: 30 }, (_, n) => messageTo(slow, n, n)), messageTo(other, 1, Date.now())]
  await deliveries.insertMany(messages as WebhookDeliveryDocument[])
  await until(() => other.receiver.requests.length === 1)
  await until(() => maxOpen > 0)
  t.ok(maxOpen <= 4, `${maxOpen} connections`)
  await send(slow.creator, 'DELETE', `${path}/${slow.webhook.id}`)
})

t.test('people have five webhooks at most, and see only their own', { buffered: true }, async t => {
  const one = await setting(t)
  const { creator, webhook, receiver } = one
  for (let n = 0; n < 4; n++) {
    t.equal((await send(creator, 'POST', path, { url: receiver.url, events })).status, 201)
  }
  t.equal((await send(creator, 'POST', path, { url: receiver.url, events })).status, 409)
  const other = await signIn(url, 'Other')
  t.same((await send<object>(other, 'GET', path)).body, { items: [] })
  const own = `${path}/${webhook.id}`
  t.equal((await send(other, 'PATCH', own, { isEnabled: false })).status, 404)
  t.equal((await send(other, 'POST', `${own}/secret`)).status, 404)
  t.equal((await send(other, 'POST', `${own}/test`)).status, 404)
  t.equal((await send(other, 'GET', `${own}/deliveries`)).status, 404)
  await send(other, 'DELETE', own)
  t.match(await stateOf(one), { isEnabled: true })
  t.equal((await send(await signInAsGuest(url), 'GET', path)).status, 403)
  t.equal((await send(creator, 'POST', path, { url: 'ftp://hooks.example/x', events })).status, 400)
  t.equal((await send(creator, 'PATCH', own, { url: 'https://me:pw@hooks.example/x' })).status, 400)
  t.equal((await send(creator, 'DELETE', own)).status, 204)
  t.equal(await stateOf(one), undefined)
})

t.test('an erased account leaves no webhook and no message', { buffered: true }, async t => {
  const one = await setting(t)
  await test(one)
  await until(() => one.receiver.requests.length === 1)
  const exported = (await send<object>(one.creator, 'GET', '/v1/users/me/export')).body
  t.match(exported, { webhooks: [{ events }] })
  t.notOk(JSON.stringify(exported).includes('whsec_'), 'an export has no secrets')
  await send(one.creator, 'DELETE', '/v1/users/me')
  t.equal(await webhooks.countDocuments({ userId: one.creator.id }), 0)
  t.equal(await deliveries.countDocuments({ userId: one.creator.id }), 0)
})
