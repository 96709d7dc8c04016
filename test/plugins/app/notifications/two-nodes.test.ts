import pino from 'pino'
import t from 'tap'
import type { Channel, Delivery } from '../../../../plugins/app/notifications/channel.ts'
import { createFanOut } from '../../../../plugins/app/notifications/fan-out.ts'
import { createMessageWorker } from '../../../../plugins/app/notifications/message-worker.ts'
import { openQueueTables, type MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { createMessageQueue } from '../../../../plugins/app/notifications/queue/message-queue.ts'
import { createOccasionQueue } from '../../../../plugins/app/notifications/queue/occasion-queue.ts'
import { startApp } from '../../../realtime/real-app.ts'

// Push is off, so that the server itself tells nobody.
const { app } = await startApp(t, {
  NODE_ENV: 'production',
  JWT_KEYS: `a:${'a'.repeat(32)}`,
  TOKEN_KEYS: `a:${'b'.repeat(32)}`
})
const followerCount = 25
const followersPerPage = 10
const content = { kind: 'started', showId: 's', title: '', url: '', startedAt: new Date() } as const
const creator = { id: 'creator', displayName: 'Creator', avatarUrl: null }

/** What nodes share: the store, a clock, and the people who were told. */
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
      shows: { findStartedSince: async () => [{ showId, creatorId: 'creator', startedAt }] },
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
      channels: [channel],
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

t.test('nodes that work at the same time tell each follower once', async t => {
  const { createNode, told, tell } = await createStore('shared')
  const nodes = [createNode(tell), createNode(tell), createNode(tell)]
  await Promise.all(nodes.map(async ({ fanOut }) => await fanOut.findStarted()))
  await Promise.all(
    nodes.map(async ({ fanOut, worker }) => {
      await fanOut.run(signal)
      await worker.run()
    })
  )
  // Messages that were written after a node found the queue empty.
  await nodes[0]?.worker.run()
  t.equal(told.length, followerCount)
  t.equal(new Set(told).size, followerCount)
})

t.test('another node continues after a crash between two pages, once the lease is over', async t => {
  const { createNode, told, tell, clock } = await createStore('crashed')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.findStarted()
  first.state.maxPages = 1
  await t.rejects(first.fanOut.run(signal), /ended/)
  await second.fanOut.run(signal)
  await second.worker.run()
  t.equal(told.length, followersPerPage, 'the followers of the first page')
  clock.ms += 31_000
  await second.fanOut.run(signal)
  await second.worker.run()
  t.equal(new Set(told).size, followerCount)
  t.equal(told.length, followerCount)
})

t.test('another node repeats a page whose end was not kept, and tells nobody twice', async t => {
  const { createNode, told, tell, clock } = await createStore('repeated')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.findStarted()
  first.state.endsBeforeAdvance = true
  await t.rejects(first.fanOut.run(signal), /ended/)
  await first.worker.run()
  t.equal(told.length, followersPerPage)
  clock.ms += 31_000
  await second.fanOut.run(signal)
  await second.worker.run()
  t.equal(told.length, followerCount)
  t.equal(new Set(told).size, followerCount)
})

t.test('a node whose lease is over leaves the occasion to the other', async t => {
  const { createNode, told, tell, clock, tables } = await createStore('stalled')
  const [first, second] = [createNode(tell), createNode(tell)]
  await first.fanOut.findStarted()
  first.state.beforePage = async () => {
    first.state.beforePage = async () => {}
    clock.ms += 31_000
    await second.fanOut.run(signal)
  }
  await first.fanOut.run(signal)
  t.equal(first.state.pages, 1, 'it stops after the page')
  t.equal((await tables.occasions.findOne({ _id: 'stalled:started' }))?.nextAt, undefined)
  await second.worker.run()
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
  await node.fanOut.findStarted()
  await node.fanOut.run(signal)
  const find = async (): Promise<MessageDocument | null> =>
    await tables.messages.findOne({ _id: 'failing:started:push:failing-fan-0' })
  const waits: number[] = []
  for (let n = 0; n < 20; n++) {
    await node.worker.run()
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
  await node.fanOut.findStarted()
  clock.ms += 31 * 60_000
  await node.fanOut.run(signal)
  await node.worker.run()
  t.same(told, [])
})
