import pino from 'pino'
import t from 'tap'
import type { Channel, Delivery } from '../../../../plugins/app/notifications/channel.ts'
import { createFanOut } from '../../../../plugins/app/notifications/fan-out.ts'
import { createMessageWorker, type MessageWorker } from '../../../../plugins/app/notifications/message-worker.ts'
import { openQueueTables, type MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { createMessageQueue } from '../../../../plugins/app/notifications/queue/message-queue.ts'
import { createOccasionQueue } from '../../../../plugins/app/notifications/queue/occasion-queue.ts'
import { startApp, until } from '../../../realtime/real-app.ts'

// Push is off, so that the server itself tells nobody.
const { app } = await startApp(t, {
  NODE_ENV: 'production',
  JWT_KEYS: `a:${'a'.repeat(32)}`,
  TOKEN_KEYS: `a:${'b'.repeat(32)}`
})
const followerCount = 25
const followersPerPage = 10
const content = { kind: 'started', showId: 's', title: '', url: '', at: new Date() } as const
const creator = { id: 'creator', displayName: 'Creator', avatarUrl: null }

/** The parts that nodes share: the store, a clock, and the people who were told. */
async function createStore(showId: string) {
  const tables = await openQueueTables(app.db)
  const told: string[] = []
  const startedAt = new Date()
  const clock = { ms: startedAt.getTime() }
  const nowMs = () => clock.ms
  const followers = Array.from({ length: followerCount }, (_, n) => ({ id: `${showId}-fan-${n}` }))

  /** Creates the parts of a node. The channel may fail, or the node may end in the middle. */
  function createNode(deliver: (delivery: Delivery) => Promise<'sent' | { again: true; waitMs: number }>) {
    const messages = createMessageQueue(tables, nowMs)
    const occasions = createOccasionQueue(tables, nowMs)
    const channel: Channel = {
      name: 'push',
      maxParallel: 32,
      findReachable: async userIds => new Set(userIds),
      deliver: async delivery => await deliver(delivery)
    }
    const state = { pages: 0, maxPages: Infinity, beforePage: async () => {}, endsBeforeAdvance: false }
    const fanOut = createFanOut({
      ...{ messages, nowMs, followersPerPage },
      occasions: {
        ...occasions,
        async advance(...args) {
          if (state.endsBeforeAdvance) throw new Error('the node has ended')
          return await occasions.advance(...args)
        }
      },
      shows: {
        findStartedSince: async () => [{ showId, creatorId: `creator-of-${showId}`, startedAt, isPublic: true }],
        findComing: async () => []
      },
      reminders: { people: async () => ({ userIds: [], nextCursor: null }) },
      follows: {
        async followers(_id, { limit, cursor = '0' }) {
          await state.beforePage()
          if (++state.pages > state.maxPages) throw new Error('the node has ended')
          const end = Number(cursor) + limit
          const items = followers.slice(Number(cursor), end).map(({ id }) => ({ ...creator, id }))
          return { items, nextCursor: end < followers.length ? String(end) : null }
        }
      },
      preferences: { findWilling: async userIds => new Set(userIds) },
      channels: [channel]
    })
    const worker = createMessageWorker({
      queue: messages,
      eligibility: { check: async () => ({ ...content, creator }) },
      channel,
      metrics: { finished() {} },
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal
    })
    return { fanOut, worker, state }
  }
  const tell = async ({ userId }: Delivery) => {
    told.push(userId)
    return 'sent' as const
  }
  return { createNode, told, tell, clock, tables }
}

const { signal } = new AbortController()

/** Delivers what waits now, as a round does, and waits for it. */
async function deliverAll(node: { worker: MessageWorker } | undefined): Promise<void> {
  await node?.worker.fill()
  await node?.worker.idle()
}

t.test('nodes that work at the same time tell each follower once', async t => {
  const { createNode, told, tell } = await createStore('shared')
  const nodes = [createNode(tell), createNode(tell), createNode(tell)]
  await Promise.all(nodes.map(async ({ fanOut }) => await fanOut.find()))
  await Promise.all(
    nodes.map(async ({ fanOut, worker }) => {
      await fanOut.run(signal)
      await deliverAll({ worker })
    })
  )
  // Messages that were written after a node found the queue empty.
  await deliverAll(nodes[0])
  t.equal(told.length, followerCount)
  t.equal(new Set(told).size, followerCount)
})

t.test('another node continues after a crash between two pages, once the lease is over', async t => {
  const { createNode, told, tell, clock } = await createStore('crashed')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.find()
  first.state.maxPages = 1
  await t.rejects(first.fanOut.run(signal), /ended/)
  await second.fanOut.run(signal)
  await deliverAll(second)
  t.equal(told.length, followersPerPage, 'the followers of the first page')
  clock.ms += 31_000
  await second.fanOut.run(signal)
  await deliverAll(second)
  t.equal(new Set(told).size, followerCount)
  t.equal(told.length, followerCount)
})

t.test('another node repeats a page whose end was not kept, and tells nobody twice', async t => {
  const { createNode, told, tell, clock } = await createStore('repeated')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.find()
  first.state.endsBeforeAdvance = true
  await t.rejects(first.fanOut.run(signal), /ended/)
  await deliverAll(first)
  t.equal(told.length, followersPerPage)
  clock.ms += 31_000
  await second.fanOut.run(signal)
  await deliverAll(second)
  t.equal(told.length, followerCount)
  t.equal(new Set(told).size, followerCount)
})

t.test('a node whose lease is over leaves the occasion to the other', async t => {
  const { createNode, told, tell, clock, tables } = await createStore('stalled')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.find()
  first.state.beforePage = async () => {
    first.state.beforePage = async () => {}
    clock.ms += 31_000
    await second.fanOut.run(signal)
  }
  await first.fanOut.run(signal)
  t.equal(first.state.pages, 1, 'it stops after the page')
  t.equal((await tables.occasions.findOne({ _id: 'stalled:started' }))?.nextAt, undefined)
  await deliverAll(second)
  t.equal(told.length, followerCount)
})

t.test('a failing message is repeated ever later, and given up', async t => {
  const { createNode, clock, tables } = await createStore('failing')
  let attempts = 0
  const node = createNode(async ({ userId }) => {
    if (userId !== 'failing-fan-0') return 'sent'
    attempts++
    return { again: true, waitMs: 0 }
  })
  await node.fanOut.find()
  await node.fanOut.run(signal)
  const find = async (): Promise<MessageDocument | null> =>
    await tables.messages.findOne({ _id: 'failing:started:push:failing-fan-0' })
  const waits: number[] = []
  for (let n = 0; n < 20; n++) {
    await deliverAll(node)
    const { nextAt } = (await find()) ?? {}
    if (!nextAt) break
    waits.push((nextAt.getTime() - clock.ms) / 1000)
    clock.ms = nextAt.getTime()
  }
  t.same(waits, [10, 20, 40, 80, 160, 320, 600])
  t.equal(attempts, 8)
  t.match(await find(), { outcome: 'failed' })
})

t.test('an occasion that is found too late tells nobody', async t => {
  const { createNode, told, tell, clock } = await createStore('late')
  const node = createNode(tell)
  await node.fanOut.find()
  clock.ms += 31 * 60_000
  await node.fanOut.run(signal)
  await deliverAll(node)
  t.same(told, [])
})

t.test('a message that takes long leaves the other slots to the next messages', async t => {
  const { createNode, clock, tables } = await createStore('slow')
  const never = Promise.withResolvers<'sent'>()
  const allStarted = Promise.withResolvers<void>()
  let started = 0
  const node = createNode(async ({ userId }) => {
    if (userId === 'slow-fan-0') return await never.promise
    // Each waits for the others: they need slots at the same time.
    if (userId.startsWith('next') && ++started === 20) allStarted.resolve()
    if (userId.startsWith('next')) await allStarted.promise
    return 'sent'
  })
  await node.fanOut.find()
  await node.fanOut.run(signal)
  await node.worker.fill()
  await until(async () => (await tables.messages.countDocuments({ showId: 'slow', outcome: 'sent' })) === 24)
  const next = { showId: 'next', creatorId: 'other', kind: 'started' } as const
  const people = Array.from({ length: 20 }, (_, n) => `next-${n}`)
  await createMessageQueue(tables, () => clock.ms).add(next, 'push', people, new Date(Date.now() + 60_000))
  await node.worker.fill()
  await until(async () => (await tables.messages.countDocuments({ showId: 'next', outcome: 'sent' })) === 20, 5000)
  t.equal(started, 20)
  never.resolve('sent')
  await node.worker.idle()
  t.equal((await tables.messages.findOne({ _id: 'slow:started:push:slow-fan-0' }))?.outcome, 'sent')
})

t.test('a node whose lease of a message is over stops delivering it', async t => {
  const { createNode, clock, tables } = await createStore('leased')
  const _id = 'leased:started:push:leased-fan-0'
  const wasStopped: boolean[] = []
  const node = createNode(async ({ userId, onSent, signal }) => {
    if (userId !== 'leased-fan-0') return 'sent'
    await onSent('a')
    wasStopped.push(signal.aborted)
    await tables.messages.updateOne({ _id }, { $set: { nextAt: new Date(clock.ms + 90_000) } })
    await onSent('b')
    wasStopped.push(signal.aborted)
    signal.throwIfAborted()
    return 'sent'
  })
  await node.fanOut.find()
  await node.fanOut.run(signal)
  await deliverAll(node)
  t.same(wasStopped, [false, true])
  const message = await tables.messages.findOne({ _id })
  t.match(message, { sentTo: ['a'], nextAt: new Date(clock.ms + 90_000), attempts: 1 }, 'the other node has it')
  t.equal(message?.outcome, undefined)
})

t.test('shows of one creator are announced once an hour, whichever node finds them', async t => {
  const tables = await openQueueTables(app.db)
  const nodes = [createOccasionQueue(tables, Date.now), createOccasionQueue(tables, Date.now)]
  const at = new Date()
  const add = async (n: number, time = at) =>
    await nodes[n % 2]?.add({ showId: `of-star-${n}`, creatorId: 'star', kind: 'started', at: time })
  await Promise.all(Array.from({ length: 20 }, async (_, n) => await add(n)))
  const count = async () => await tables.occasions.countDocuments({ creatorId: 'star' })
  t.equal(await count(), 1)
  await add(20, new Date(at.getTime() + 3_599_999))
  t.equal(await count(), 1)
  await add(21, new Date(at.getTime() + 3_600_000))
  t.equal(await count(), 2)
  // As if the node had ended between its two writes.
  await tables.occasions.deleteOne({ showId: 'of-star-21' })
  await add(21, new Date(at.getTime() + 3_600_000))
  t.equal(await count(), 2)
  await createMessageQueue(tables, Date.now).personalData.erase('star')
  t.equal(await tables.announcements.countDocuments({ _id: 'star' }), 0)
})
