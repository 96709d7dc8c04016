import { Collection } from 'mongodb'
import pino from 'pino'
import t from 'tap'
import { createSealedBox } from '../../../../plugins/app/identity/sealed-box.ts'
import { ForbiddenAddress, type PostAnswer } from '../../../../plugins/app/notifications/outbound/post.ts'
import { createDeliveryWorker } from '../../../../plugins/app/notifications/webhooks/delivery-worker.ts'
import { openWebhookTables } from '../../../../plugins/app/notifications/webhooks/documents.ts'
import { createShowWatcher } from '../../../../plugins/app/notifications/webhooks/show-watcher.ts'
import { createWebhooks } from '../../../../plugins/app/notifications/webhooks/webhooks.ts'
import type { ChangedShow } from '../../../../plugins/app/shows/changed-shows.ts'
import { startApp } from '../../../realtime/real-app.ts'

const { app } = await startApp(t, {
  NODE_ENV: 'production',
  JWT_KEYS: `a:${'a'.repeat(32)}`,
  TOKEN_KEYS: `a:${'b'.repeat(32)}`
})
const tables = await openWebhookTables(app.db)
const box = createSealedBox([{ kid: 'a', secret: 'b'.repeat(32) }], { purpose: 'tests', setting: 'KEYS' })
const clock = { ms: Date.now() + 60_000 }
const nowMs = () => clock.ms
const webhooks = createWebhooks({ ...tables, box, nowMs, outbound: { isAllowed: () => true } })
const metrics = { webhookFinished() {} }
const log = pino({ level: 'silent' })

/** Creates the parts of a node, which sees these shows and whose requests are answered here. */
function createNode(shows: ChangedShow[], post: () => Promise<PostAnswer>) {
  const watcher = createShowWatcher({
    ...tables,
    shows: {
      async *changedSince(since) {
        yield* shows.filter(({ updatedAt }) => updatedAt >= since)
      }
    },
    publicUrl: () => 'https://radio.example',
    nowMs
  })
  const { signal } = new AbortController()
  const worker = createDeliveryWorker({ ...tables, outbound: { post }, box, metrics, log, signal, nowMs })
  return {
    watcher,
    async deliver() {
      await worker.fill()
      await worker.idle()
    }
  }
}

function liveShow(id: string, creatorId: string): ChangedShow {
  const at = new Date(clock.ms)
  const times = { startsAt: null, startedAt: at, endedAt: null, updatedAt: at }
  return { _id: id, creatorId, title: 'Show', visibility: 'public', status: 'live', ...times }
}

t.test('nodes that see the same show tell each webhook once', async t => {
  const draft = { url: 'https://hooks.example/x', events: ['show.started' as const] }
  await webhooks.create('shared', draft)
  await webhooks.create('shared', draft)
  clock.ms += 1000
  let requests = 0
  const post = async () => {
    requests++
    return { status: 204, retryAfter: null }
  }
  const nodes = [1, 2, 3].map(() => createNode([liveShow('shared-show', 'shared')], post))
  for (let round = 0; round < 2; round++) {
    await Promise.all(
      nodes.map(async ({ watcher, deliver }) => {
        await watcher.find()
        await deliver()
      })
    )
  }
  await nodes[0]?.deliver()
  t.equal(requests, 2)
})

t.test('a show that is read again costs nothing until it changes', async t => {
  const at = new Date(clock.ms)
  const times = { startsAt: new Date(clock.ms + 3_600_000), startedAt: null, endedAt: null, updatedAt: at }
  const shows: ChangedShow[] = [
    { _id: 'planned-show', creatorId: 'planning', title: 'Show', visibility: 'public', status: 'scheduled', ...times }
  ]
  await webhooks.create('planning', { url: 'https://hooks.example/x', events: ['show.scheduled'] })
  const { watcher } = createNode(shows, async () => ({ status: 200, retryAfter: null }))
  const { updateOne } = Collection.prototype
  let writes = 0
  t.intercept(Collection.prototype, 'updateOne', {
    configurable: true,
    async value(this: Collection, ...values: Parameters<typeof updateOne>) {
      if (this.collectionName === 'webhookPlannedTimes') writes++
      return await updateOne.apply(this, values)
    }
  })
  for (let n = 0; n < 5; n++) await watcher.find()
  t.equal(writes, 1)
  t.equal(await tables.deliveries.countDocuments({ showId: 'planned-show' }), 1)
  const [show] = shows
  if (show) shows[0] = { ...show, startsAt: new Date(clock.ms + 7_200_000), updatedAt: new Date(clock.ms + 1) }
  await watcher.find()
  t.equal(await tables.deliveries.countDocuments({ showId: 'planned-show' }), 2)
  await tables.deliveries.deleteMany({ showId: 'planned-show' })
})

t.test('a message is repeated over some hours, and given up', async t => {
  const { id } = await webhooks.create('failing', { url: 'https://hooks.example/x', events: ['show.started'] })
  clock.ms += 1000
  const errors = [new ForbiddenAddress(), new DOMException('late', 'TimeoutError')]
  const node = createNode([liveShow('failing-show', 'failing')], async () => {
    const error = errors.shift()
    if (error) throw error
    return { status: 500, retryAfter: null }
  })
  await node.watcher.find()
  const waits: number[] = []
  const problems: unknown[] = []
  for (let n = 0; n < 20; n++) {
    await node.deliver()
    const found = await tables.deliveries.findOne({ webhookId: id })
    problems.push(found?.error)
    if (!found?.nextAt) break
    waits.push((found.nextAt.getTime() - clock.ms) / 1000)
    clock.ms = found.nextAt.getTime()
  }
  t.same(waits, [10, 60, 300, 1800, 3600, 7200, 14_400])
  t.same(problems.slice(0, 3), ['address', 'timeout', null])
  t.match(await tables.deliveries.findOne({ webhookId: id }), { status: 'failed', answer: 500, attempts: 8 })
  t.match(await tables.webhooks.findOne({ _id: id }), { failures: 8, isEnabled: true })
})

t.test('another node continues with a message whose node has ended', async t => {
  const { id } = await webhooks.create('crashed', { url: 'https://hooks.example/x', events: ['show.started'] })
  clock.ms += 1000
  const never = Promise.withResolvers<PostAnswer>()
  const shows = [liveShow('crashed-show', 'crashed')]
  const first = createNode(shows, async () => await never.promise)
  const second = createNode(shows, async () => ({ status: 200, retryAfter: null }))
  await first.watcher.find()
  const stuck = first.deliver()
  while ((await tables.deliveries.findOne({ webhookId: id }))?.attempts !== 1);
  await second.deliver()
  t.match(await tables.deliveries.findOne({ webhookId: id }), { status: 'waiting' }, 'the lease of the first node')
  clock.ms += 31_000
  await second.deliver()
  t.match(await tables.deliveries.findOne({ webhookId: id }), { status: 'delivered', answer: 200 })
  never.resolve({ status: 500, retryAfter: null })
  await stuck
  t.match(await tables.deliveries.findOne({ webhookId: id }), { status: 'delivered', answer: 200 })
})

t.test('secrets are sealed again with the newest key', async t => {
  const { id, secret } = await webhooks.create('rotating', { url: 'https://hooks.example/x', events: ['show.ended'] })
  const keys = [
    { kid: 'c', secret: 'c'.repeat(32) },
    { kid: 'a', secret: 'b'.repeat(32) }
  ]
  const newBox = createSealedBox(keys, { purpose: 'tests', setting: 'KEYS' })
  const renewed = createWebhooks({ ...tables, box: newBox, nowMs, outbound: { isAllowed: () => true } })
  t.ok((await renewed.reseal()) >= 1)
  t.equal(await renewed.reseal(), 0)
  const stored = await tables.webhooks.findOne({ _id: id })
  t.equal(stored?.secret.kid, 'c')
  t.equal(stored && newBox.open(stored.secret, 'webhook of rotating'), secret)
})
