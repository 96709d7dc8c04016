import t from 'tap'
import { Type } from 'typebox'
import { until } from '../../../realtime/cluster/until.ts'
import { createFeedCluster } from './joined-feeds.ts'

const Body = Type.Object({ n: Type.Integer() }, { additionalProperties: false })

t.test('news reach the other nodes once and in order, but not their own node', async t => {
  const { join } = createFeedCluster()
  const heard: unknown[] = []
  const nodes = ['a', 'b', 'c'].map(nodeId => {
    const node = join(nodeId)
    node.feed.publish('number', { n: -1 })
    node.feed.on('number', Body, ({ n }) => {
      heard.push([nodeId, n])
    })
    node.feed.bind(node.bus)
    return node
  })
  for (let n = 0; n < 3; n++) nodes[0]!.feed.publish('number', { n })
  await until(() => heard.length === 6)
  t.same(
    heard.toSorted(),
    ['b', 'c'].flatMap(node => [0, 1, 2].map(n => [node, n]))
  )
  t.throws(() => nodes[0]!.feed.on('number', Body, () => {}))
})

t.test('news that do not fit are logged once and dropped, and a failing handler stops nothing', async t => {
  const { join, cluster } = createFeedCluster()
  const a = join('a')
  const b = join('b')
  const heard: number[] = []
  a.feed.bind(a.bus)
  b.feed.on('number', Body, ({ n }) => {
    if (n === 0) throw new Error('a handler failed')
    heard.push(n)
  })
  b.feed.bind(b.bus)
  for (const message of ['{', '7', 'null', '{"v":2,"kind":"number","body":{"n":9}}', '{"v":1,"body":{"n":9}}']) {
    await a.bus.announce(message)
  }
  for (const kind of ['x', 'y']) a.feed.publish(kind, { n: 1 })
  for (const body of [{ n: 'one' }, { n: 1, more: true }, null, { n: 0 }, { n: 5 }]) a.feed.publish('number', body)
  await until(() => heard.length > 0)
  t.same(heard, [5])
  const lines = b.log
    .text()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.same(
    lines.map(({ reason, msg }) => reason ?? msg),
    ['not readable', 'unknown kind', 'body does not fit', 'news of another node failed']
  )
  cluster.cut('a')
  a.feed.publish('number', { n: 6 })
  await until(() => a.log.text().includes('news not published'))
})
