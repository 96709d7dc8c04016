import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { isNightly, testAtNight } from '../../../../depth.ts'
import {
  createMemorySlots,
  paceOf,
  type CallPace,
  type CallSlots
} from '../../../../../plugins/app/metadata/calls/call-slots.ts'
import { createRedisSlots } from '../../../../../plugins/app/metadata/calls/redis-call-slots.ts'
import { connectRedis } from '../../../../../plugins/external/redis/connections.ts'
import { startRedis } from '../../../../standins/redis/start.ts'

const logger = { warn() {}, info() {} }
const pace: CallPace = { intervalMs: 120, gapMs: 40, callMs: 400, quietMs: 300 }

/** Claims until a slot is free. Returns its token, the time that passed, and when the last claim was sent, ms. */
async function take(slots: CallSlots): Promise<{ token: string; tookMs: number; claimedAtMs: number }> {
  const startedAtMs = performance.now()
  for (;;) {
    const claimedAtMs = performance.now()
    const answer = await slots.claim()
    if ('token' in answer) return { token: answer.token, tookMs: performance.now() - startedAtMs, claimedAtMs }
    await pause(Math.ceil(answer.waitMs))
  }
}

/** Clocks of Redis have whole milliseconds. */
const roundingMs = 2

async function contract(t: Test, create: () => Promise<CallSlots>): Promise<void> {
  await t.test('spaces calls by an interval', async t => {
    const slots = await create()
    const first = await take(slots)
    await slots.finish(first.token, 0)
    const { token } = await take(slots)
    const spaceMs = performance.now() - first.claimedAtMs
    t.ok(spaceMs >= pace.intervalMs - roundingMs, `${spaceMs} ms`)
    await slots.finish(token, 0)
  })

  await t.test('a slow call delays the next one, which keeps a gap', async t => {
    const slots = await create()
    const { token } = await take(slots)
    await pause(2 * pace.intervalMs)
    t.match(await slots.claim(), { waitMs: Number }, 'the call is under way')
    await slots.finish(token, 0)
    const { tookMs } = await take(slots)
    t.ok(tookMs >= pace.gapMs - roundingMs && tookMs < pace.intervalMs, `${tookMs} ms`)
  })

  await t.test('a call that never ends gives its slot back', async t => {
    const slots = await create()
    const { claimedAtMs } = await take(slots)
    await take(slots)
    const spaceMs = performance.now() - claimedAtMs
    t.ok(spaceMs >= pace.callMs - roundingMs, `${spaceMs} ms`)
  })

  await t.test('the end of an older call does not free the slot of another', async t => {
    const slots = await create()
    const { token } = await take(slots)
    await take(slots)
    await slots.finish(token, 0)
    await pause(pace.intervalMs)
    t.match(await slots.claim(), { waitMs: Number })
  })

  await t.test('no call goes out while the repository asks to wait', async t => {
    const slots = await create()
    await slots.finish((await take(slots)).token, 500)
    const waitMs = await slots.waitMs()
    t.ok(waitMs > 400 && waitMs <= 500, `${waitMs} ms`)
    const { tookMs } = await take(slots)
    t.ok(tookMs >= 400, `${tookMs} ms`)
  })
}

t.test('slots of one process', async t => {
  await contract(t, async () => createMemorySlots(pace))
  t.match(await createMemorySlots(pace).claim(), { waitMs: Number }, 'a restarted process may have just called')
})

t.test('slots in Redis', async t => {
  const redis = await startRedis(t)
  const { commands, close } = await connectRedis({ url: redis.url, logger })
  t.teardown(close)
  let count = 0
  await contract(t, async () => {
    const slots = createRedisSlots({ redis: commands, name: `test${count++}`, pace })
    // The first question finds an empty Redis.
    await slots.claim()
    await pause(pace.quietMs)
    return slots
  })

  await t.test('are shared by all nodes, and separate for each repository', async t => {
    const slots = createRedisSlots({ redis: commands, name: 'shared', pace })
    await take(slots)
    t.match(await createRedisSlots({ redis: commands, name: 'shared', pace }).claim(), { waitMs: Number })
    const other = await createRedisSlots({ redis: commands, name: 'other', pace }).claim()
    t.same(other, { waitMs: pace.quietMs }, 'nothing is known about the calls of before')
  })

  await t.test('a value of another type is replaced', async t => {
    await commands.set('amb:metadata:calls:damaged', 'text')
    const slots = createRedisSlots({ redis: commands, name: 'damaged', pace })
    t.same(await slots.claim(), { waitMs: pace.quietMs })
    await commands.hset('amb:metadata:calls:damaged', 'next', 'soon', 'ends', 'later')
    t.ok((await take(slots)).token)
  })

  await t.test('a clock that was set back does not stop all calls', async t => {
    const slots = createRedisSlots({ redis: commands, name: 'clock', pace })
    await take(slots)
    await commands.hset('amb:metadata:calls:clock', 'next', Date.now() + 86_400_000)
    t.same(await slots.claim(), { waitMs: pace.quietMs })
  })
})

for (const aof of isNightly ? [false, true] : [false]) {
  t.test(`a Redis that was restarted ${aof ? 'with' : 'without'} its data allows no call for a window`, async t => {
    const redis = await startRedis(t, { aof })
    const { commands, close } = await connectRedis({ url: redis.url, logger })
    t.teardown(close)
    const slots = createRedisSlots({ redis: commands, name: 'test', pace: { ...pace, quietMs: 700 } })
    await take(slots)
    await redis.stop()
    await t.rejects(slots.claim(), 'without an answer there is no call')
    await redis.start()
    while (commands.status !== 'ready') await pause(5)
    const { tookMs } = await take(slots)
    t.ok(tookMs >= 700 - roundingMs, `${tookMs} ms`)
  })
}

testAtNight(t, 'a replica that took over allows no call for a window', async t => {
  const primary = await startRedis(t, { args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis(t, { args: ['--replicaof', '127.0.0.1', String(primary.port)] })
  const first = await connectRedis({ url: primary.url, logger })
  t.teardown(first.close)
  const parts = { name: 'test', pace: { ...pace, quietMs: 700 } }
  const { token } = await take(createRedisSlots({ redis: first.commands, ...parts }))
  await createRedisSlots({ redis: first.commands, ...parts }).finish(token, 0)
  const second = await connectRedis({ url: replica.url, logger })
  t.teardown(second.close)
  while ((await second.commands.exists('amb:metadata:calls:test')) === 0) await pause(5)
  await second.commands.call('REPLICAOF', 'NO', 'ONE')
  await pause(pace.intervalMs)
  const { tookMs } = await take(createRedisSlots({ redis: second.commands, ...parts }))
  t.ok(tookMs >= 700 - roundingMs, `${tookMs} ms`)
})

t.test('a pace leaves room for one call more than it allows', async t => {
  const { intervalMs, quietMs } = paceOf(60, 60_000)
  t.ok(58 * intervalMs >= 60_000)
  t.equal(quietMs, 60_000)
})
