import t from 'tap'
import { testAtNight } from '../../depth.ts'
import { createClusterClock } from '../../../realtime/cluster/cluster-clock.ts'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { startRedisHarness } from './bus-harness.ts'
import { until, wait } from './until.ts'

const unavailable = { code: 'UNAVAILABLE' }
const linesWith = (text: string, words: string) => text.split('\n').filter(line => line.includes(words)).length

t.jobs = 6

t.test('what is none of this protocol is counted, logged once and dropped', async t => {
  const harness = await startRedisHarness(t)
  const a = await harness.join('a')
  const dropped: string[] = []
  const b = await harness.joinAs('b-1', { onDropped: from => dropped.push(from) })
  const { commands: redis } = harness.connectionsOf(a)
  const heard: string[] = []
  b.onMessage(text => heard.push(text))
  b.onAnnounced(text => heard.push(text))
  b.listen('levels', text => heard.push(text))
  await b.follow('show', text => heard.push(text))
  await a.claim('show')

  for (const key of ['amb:in:b-1', 'amb:feed', 'amb:show:show']) {
    await redis.xadd(key, '*', 'd', 'no version')
    await redis.xadd(key, '*', 'v', '2', 'd', 'newer')
    await redis.xadd(key, '*', 'v', '1', 'x', 'no text')
    await redis.xadd(key, '*', 'v', '0', 'd', 'older than the first')
  }
  for (const message of ['', 'text', '2 node newer', '1 node']) await redis.publish('amb:cast:levels', message)
  await redis.zadd('amb:nodes', 'INF', 'foreign')
  for (const value of ['text', '{"v":2}', '{"v":1,"nodeId":7}', 'null']) {
    await redis.set('amb:node:foreign', value)
    t.same((await b.nodes()).map(({ nodeId }) => nodeId).toSorted(), [a.nodeId, 'b-1'].toSorted())
  }
  await a.send('b-1', 'message')
  await a.announce('announcement')
  await a.publish('show', 0, 'entry')
  a.cast('levels', 'level')
  await until(() => heard.length === 4)
  t.same(new Set(heard), new Set(['message', 'announcement', 'entry', 'level']))
  t.equal(dropped.filter(from => from === 'inbox').length, 4)
  t.equal(dropped.filter(from => from === 'node').length, 4)
  t.equal(dropped.length, 20)
  t.equal(linesWith(harness.log.text(), 'message of another protocol dropped'), 3 * 4 + 1 + 1, 'each reason once')
})

t.test('a node that left is known to have left, when its message did not arrive', async t => {
  const harness = await startRedisHarness(t)
  let renewals = 0
  const a = await harness.joinAs('a-1', { onRoundTrip: () => renewals++ })
  const b = await harness.join('b')
  const left: boolean[] = []
  a.onNodeLost((_nodeId, hasLeft) => left.push(hasLeft))
  // A node has to have been seen before it can be missed: two renewals later, the first of them is finished.
  const before = renewals
  await until(() => renewals >= before + 2)
  const { subscriber } = harness.connectionsOf(a)
  subscriber.disconnect()
  await until(() => subscriber.status === 'end')
  await b.close()
  await until(() => left.length > 0)
  t.same(left, [true])
})

t.test('foreign values under our keys are overwritten or removed', async t => {
  const harness = await startRedisHarness(t)
  const a = await harness.join('a')
  const { commands: redis } = harness.connectionsOf(a)
  await redis.set('amb:home:1', 'something else')
  await redis.lpush('amb:home:2', 'a list')
  await redis.set('amb:home:3', `99999999999999999999 ${a.nodeId}`)
  for (const showId of ['1', '2', '3']) {
    t.equal(await a.findHome(showId), null)
    await t.rejects(a.publish(showId, 0, 'x'), unavailable)
    t.same(await a.claim(showId), { nodeId: a.nodeId, token: 0 })
  }
  const heard: string[] = []
  a.onMessage(text => heard.push(text))
  await redis.set('amb:show:1', 'no stream')
  await a.publish('1', 0, 'before')
  await redis.set('amb:show:1', 'no stream')
  await a.follow('1', text => heard.push(text))
  await a.publish('1', 0, 'entry')
  await until(() => heard.length === 1)
  await redis.set('amb:show:1', 'no stream')
  await redis.set('amb:feed', 'no stream')
  a.onAnnounced(() => {})
  await until(async () => (await redis.exists('amb:show:1', 'amb:feed')) === 0)
  await a.send(a.nodeId, 'message')
  await until(() => heard.length === 2)
  t.same(heard, ['entry', 'message'], 'reading goes on')
  await redis.set('amb:show:2', 'no stream')
  await t.rejects(a.tail('2'), unavailable)
  await t.rejects(a.tail('2'), unavailable)
  t.equal(linesWith(harness.log.text(), 'redis refused a command'), 1)
})

t.test('a node does not join nodes of a newer protocol', async t => {
  const harness = await startRedisHarness(t)
  const a = await harness.join('a')
  const { commands: redis } = harness.connectionsOf(a)
  await redis.zadd('amb:nodes', Date.now() + 60_000, 'new-1')
  await redis.set('amb:node:new-1', '{"v":2,"nodeId":"new-1"}')
  await t.rejects(harness.join('b'), { message: /speaks version 1 of the protocol.* node new-1 speaks version 2/ })
  await redis.del('amb:node:new-1')
  await harness.join('b')
})

t.test('a connection on which nothing is answered is given up', async t => {
  const harness = await startRedisHarness(t)
  const a = await harness.join('a')
  const b = await harness.join('b')
  const heard: string[] = []
  b.onMessage(text => heard.push(text))
  let reconnected = 0
  b.onReconnected(() => reconnected++)
  harness.proxyOf(b).silence()
  const startedMs = performance.now()
  await t.rejects(b.claim('show'), unavailable)
  t.ok(performance.now() - startedMs < 1500)
  await a.send(b.nodeId, '1')
  await until(() => !b.isSure(), 3500)
  await until(() => harness.connectionsOf(b).commands.status !== 'ready', 2000)
  await wait(1500)
  await harness.restore(b)
  await until(() => reconnected > 0, 4000)
  await a.send(b.nodeId, '2')
  await until(() => heard.length === 2, 4000)
  t.same(heard, ['1', '2'])
  const channel: string[] = []
  b.listen('late', text => channel.push(text))
  await until(() => {
    a.cast('late', 'x')
    return channel.length > 0
  })
  t.equal(linesWith(harness.log.text(), 'redis unavailable'), 1, 'one line for the outage')
})

t.test('a slow connection delays messages, but keeps their order', async t => {
  const harness = await startRedisHarness(t)
  const roundTrips: number[] = []
  const a = await harness.joinAs('a-1', { onRoundTrip: ms => roundTrips.push(ms) })
  const heard: string[] = []
  a.onMessage(text => heard.push(text))
  harness.proxyOf(a).delay(150)
  await Promise.all(Array.from({ length: 50 }, (_, n) => a.send('a-1', String(n))))
  await until(() => heard.length === 50)
  t.same(
    heard,
    Array.from({ length: 50 }, (_, n) => String(n))
  )
  await until(() => (roundTrips.at(-1) ?? 0) >= 290)
  t.ok(a.isSure())
  t.ok(Math.abs(a.nowMs() - Date.now()) < 100, 'the clock corrects the time of the way')
})

for (const [downMs, title, test] of [
  [100, 'a short restart', t.test.bind(t)],
  [4000, 'a restart longer than a node is alive', testAtNight.bind(null, t)]
] as const) {
  test(`${title} with an append-only file keeps claims, and takes nobody for lost`, async t => {
    const harness = await startRedisHarness(t, { aof: true })
    const a = await harness.join('a')
    const b = await harness.join('b')
    const lost: string[] = []
    for (const bus of [a, b]) bus.onNodeLost(nodeId => lost.push(nodeId))
    const heard: string[] = []
    const follow = (bus: Bus) => bus.follow('show', text => heard.push(text))
    await a.claim('show')
    await a.assert('show', 2)
    await follow(b)
    await a.publish('show', 2, '1')
    await until(() => heard.length === 1)
    // A third node that does not come back.
    const c = await harness.join('c')
    await c.claim('of c')
    await wait(700)
    await harness.cut(c)
    await harness.server.stop()
    await wait(downMs)
    await harness.server.start()
    // Each node connects again by itself, one of them often later than the other.
    for (const bus of [a, b]) await until(async () => (await bus.findHome('show').catch(() => null)) !== null)
    t.same(await a.claim('show'), { nodeId: a.nodeId, token: 2 }, 'a holder keeps its claim')
    t.same(await b.claim('show'), { nodeId: a.nodeId, token: 2 })
    await a.publish('show', 2, '2')
    await until(() => heard.length === 2)
    t.same(heard, ['1', '2'])
    await t.rejects(b.claim('nobody has it'), unavailable, 'nobody claims soon after a restart')
    if (downMs > 3500) await t.rejects(b.claim('of c'), unavailable)
    await until(async () => (await b.claim('of c').catch(() => null))?.nodeId === b.nodeId)
    await until(() => lost.length === 2)
    t.same(lost, [c.nodeId, c.nodeId], 'only the node that did not come back')
  })
}

testAtNight(t, 'after an outage for all, a node that comes back later than another is not lost', async t => {
  const harness = await startRedisHarness(t, { aof: true })
  const a = await harness.join('a')
  const b = await harness.join('b')
  const lost: string[] = []
  a.onNodeLost(nodeId => lost.push(nodeId))
  await b.claim('show')
  await b.assert('show', 3)
  await wait(700)
  await Promise.all([harness.cut(a), harness.cut(b)])
  await wait(4000)
  await harness.restore(a)
  await until(() => a.isSure())
  await t.rejects(a.claim('show'), unavailable)
  await wait(1500)
  t.same(lost, [])
  await harness.restore(b)
  await until(async () => (await a.claim('show').catch(() => null))?.nodeId === b.nodeId)
  await wait(3000)
  t.same(lost, [])
  t.same(await a.claim('show'), { nodeId: b.nodeId, token: 3 })
})

testAtNight(t, 'after a restart, an older clock of the server does not hide new entries', async t => {
  const harness = await startRedisHarness(t)
  const a = await harness.join('a')
  const { commands: redis } = harness.connectionsOf(a)
  await redis.del(`amb:in:${a.nodeId}`)
  await redis.xadd(`amb:in:${a.nodeId}`, '99999999999999-0', 'v', '1', 'd', 'of the future')
  const heard: string[] = []
  a.onMessage(text => heard.push(text))
  await until(() => heard.length === 1)
  let reconnected = 0
  a.onReconnected(() => reconnected++)
  await harness.restartEmpty()
  await until(() => reconnected > 0)
  await until(async () => {
    await a.send(a.nodeId, 'now')
    return heard.length > 1
  })
  t.same(heard.slice(0, 2), ['of the future', 'now'])
})

t.test(
  'the clock follows the sample with the shortest round trip, and stands still instead of stepping back',
  async t => {
    let monotonicMs = 0
    const clock = createClusterClock(() => monotonicMs)
    clock.observe(1_000_000, 0, 10)
    monotonicMs = 10
    t.equal(clock.nowMs(), 1_000_005)
    monotonicMs = 1010
    clock.observe(1_001_900, 10, 1010)
    t.equal(clock.nowMs(), 1_001_005, 'a slow answer says little')
    for (let i = 0; i < 8; i++) clock.observe(900_000, 1009, 1010)
    t.equal(clock.nowMs(), 1_001_005, 'the time of the server stepped back')
    monotonicMs = 2010
    t.equal(clock.nowMs(), 1_001_005)
    monotonicMs = 1010 + 150_000
    t.equal(clock.nowMs(), 1_050_000)
  }
)
