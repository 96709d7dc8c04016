import t from 'tap'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { createSharedPersonSockets } from '../../../realtime/cluster/shared-person-sockets.ts'
import type { PersonSockets } from '../../../realtime/sockets/person-sockets.ts'
import { startRedisHarness, type RedisHarness } from './bus-harness.ts'
import { until } from './until.ts'

const maxSockets = 5
const key = 'amb:sockets:person'

t.jobs = 5

async function startNodes(t: Parameters<typeof startRedisHarness>[0]) {
  const harness = await startRedisHarness(t)
  const [a, b] = [await harness.join('a'), await harness.join('b')]
  return { harness, a, b, onA: socketsOf(t, harness, a), onB: socketsOf(t, harness, b) }
}

function socketsOf(t: Parameters<typeof startRedisHarness>[0], harness: RedisHarness, bus: Bus): PersonSockets {
  const { commands: redis } = harness.connectionsOf(bus)
  const sockets = createSharedPersonSockets({ redis, bus, maxSockets, times: { retryMs: 50, ttlMs: 60_000 } })
  t.teardown(sockets.close)
  return sockets
}

/** Adds sockets one after the other. Returns what closes each that was admitted. */
async function add(sockets: PersonSockets, count: number): Promise<(() => void)[]> {
  const admitted: (() => void)[] = []
  for (let n = 0; n < count; n++) admitted.push(...[await sockets.add('person')].filter(close => close !== null))
  return admitted
}

t.test('the sockets of a person count over all nodes', async t => {
  const { onA, onB, harness, a } = await startNodes(t)
  const first = await add(onA, 3)
  const second = await add(onB, 3)
  t.equal(first.length, 3)
  t.equal(second.length, 2, 'the sixth is refused')
  t.equal((await add(onA, 1)).length, 0)
  t.not(await onA.add('another'), null, 'other people are not affected')
  second[0]!()
  await until(async () => (await add(onA, 1)).length === 1)
  for (const close of [...first, ...second.slice(1)]) close()
  const { commands: redis } = harness.connectionsOf(a)
  await until(async () => Object.values(await redis.hgetall(key)).join() === '1')
  t.ok((await redis.pttl(key)) > 50_000, 'a count that nobody removes does not stay for ever')
})

t.test('sockets that arrive at the same time at several nodes do not exceed the limit', async t => {
  const { onA, onB } = await startNodes(t)
  const answers = await Promise.all(Array.from({ length: 30 }, async (_, n) => await (n % 2 ? onA : onB).add('person')))
  t.equal(answers.filter(close => close !== null).length, maxSockets)
})

t.test('the sockets of a dead node do not count', async t => {
  const { harness, a, onA, onB } = await startNodes(t)
  await add(onA, 5)
  t.equal((await add(onB, 1)).length, 0)
  await harness.cut(a)
  const cutAtMs = performance.now()
  await until(async () => (await add(onB, 1)).length === 1)
  t.ok(performance.now() - cutAtMs < 4500, 'not for longer than the lease of their node')
})

t.test('the sockets of a node that stopped do not count', async t => {
  const { a, onA, onB } = await startNodes(t)
  await add(onA, 5)
  await a.close()
  t.equal((await add(onB, 5)).length, 5)
})

t.test('while Redis is away each node counts its own, and then all count again', async t => {
  const { harness, a, b, onA, onB } = await startNodes(t)
  const onlyHere = await add(onA, 2)
  await harness.cut(a)
  await until(() => harness.connectionsOf(a).commands.status !== 'ready')
  t.equal((await add(onA, 9)).length, 3, 'five on this node')
  onlyHere[0]!()
  await harness.restore(a)
  const { commands: redis } = harness.connectionsOf(b)
  await until(async () => (await redis.hget(key, a.nodeId)) === '4')
  t.equal((await add(onB, 5)).length, 1)
})

t.test('a Redis that lost everything gets the counts again', async t => {
  const { harness, a, b, onA, onB } = await startNodes(t)
  await add(onA, 4)
  await harness.restartEmpty()
  await until(() => a.isSure() && b.isSure())
  const { commands: redis } = harness.connectionsOf(b)
  await until(async () => (await redis.hget(key, a.nodeId).catch(() => null)) === '4')
  t.equal((await add(onB, 5)).length, 1)
})

t.test('foreign values are overwritten or ignored', async t => {
  const { harness, a, b, onA, onB } = await startNodes(t)
  const { commands: redis } = harness.connectionsOf(a)
  await redis.set(key, 'text')
  t.equal((await add(onA, 1)).length, 1)
  await redis.hset(key, b.nodeId, 'many', 'foreign', '99', 'nobody', '-7')
  t.equal((await add(onA, 1)).length, 1)
  t.same(await redis.hgetall(key), { [a.nodeId]: '2' })
  t.equal((await add(onB, 5)).length, 3)
})
