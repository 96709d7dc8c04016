import t from 'tap'
import { createMemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import { MemoryStream } from '../../../realtime/cluster/memory-stream.ts'
import { newNodeId } from '../../../realtime/cluster/node-id.ts'
import { until, wait } from './until.ts'

const factsOf = (nodeId: string) => ({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })

t.test('a paused node does nothing and hears nothing until it is resumed', async t => {
  const cluster = createMemoryCluster({ nodeTtlMs: 200, sureMs: 100 })
  const [a, b] = [cluster.join(factsOf('a')), cluster.join(factsOf('b'))]
  const lost: string[] = []
  a.onNodeLost(nodeId => lost.push(nodeId))
  const heard: string[] = []
  b.onMessage(message => heard.push(message))
  b.listen('levels', message => heard.push(message))
  await b.claim('show')
  await b.assert('show', 2)
  let reconnected = 0
  b.onReconnected(() => reconnected++)

  cluster.pause('b')
  let claimed = false
  const claim = b.claim('show').then(home => {
    claimed = true
    return home
  })
  await a.send('b', '1')
  a.cast('levels', 'is lost')
  t.equal((await a.claim('show')).nodeId, 'b', 'the others take it for alive')
  await until(() => lost.length > 0, 1000)
  t.same(lost, ['b'])
  t.notOk(b.isSure())
  t.same(await a.claim('show'), { nodeId: 'a', token: 2 })
  await a.send('b', '2')
  await wait(30)
  t.same([claimed, heard, reconnected], [false, [], 0])

  cluster.resume('b')
  t.same(await claim, { nodeId: 'a', token: 2 })
  await until(() => heard.length === 2 && reconnected === 1)
  t.same(heard, ['1', '2'])
  t.ok(b.isSure())
  await t.rejects(b.claim('another'), { code: 'UNAVAILABLE' }, 'nobody claims soon after an outage')
  await until(async () => (await b.claim('another').catch(() => null)) !== null, 1000)
  t.throws(() => cluster.cut('nobody'), { message: 'there is no node nobody' })
})

t.test('a single node claims at once, and its timers do not keep the process', async t => {
  const bus = createMemoryCluster().join(factsOf('a'))
  t.same(await bus.claim('show'), { nodeId: 'a', token: 0 })
  t.ok(bus.isSure())
  await bus.close()
  await bus.close()
  t.notOk(bus.isSure())
  await t.rejects(bus.nodes(), { code: 'UNAVAILABLE' })
})

t.test('a stream keeps its newest entries, and cursors stay valid', async t => {
  const stream = new MemoryStream<number>(3)
  for (let n = 0; n < 10; n++) stream.append(n)
  t.equal(stream.end, 10)
  t.ok(stream.entries.length >= 3 && stream.entries.length < 6)
  t.same(stream.after(8), [8, 9])
  t.same(stream.after(0), stream.entries, 'what is no longer stored is skipped')
  stream.clear()
  t.same(stream.after(0), [])
  stream.append(10)
  t.same(stream.after(10), [10])
})

t.test('an id of a node fits into the id of a presence, and is new each time', async t => {
  t.match(newNodeId(), /^node-[0-9a-f]{12}$/)
  t.not(newNodeId(), newNodeId())
  t.match(newNodeId('ambient-0'), /^ambient-0-[0-9a-f]{12}$/)
  const long = newNodeId(`${'x'.repeat(50)}-pod-7`)
  t.equal(long.length, 39)
  t.match(long, /-pod-7-[0-9a-f]{12}$/, 'the end of a name tells pods apart')
})
