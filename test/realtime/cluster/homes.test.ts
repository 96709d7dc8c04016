import t from 'tap'
import { createHomes } from '../../../realtime/cluster/homes.ts'
import { createMemoryCluster, type MemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import { until, wait } from './until.ts'

const silent = { warn() {}, debug() {} }

function joinHomes(cluster: MemoryCluster, nodeId: string) {
  const bus = cluster.join({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })
  const peers = { ask: () => Promise.reject(new Error('nobody is asked')) }
  const casts = { join() {}, leave() {}, send() {} }
  return { bus, homes: createHomes({ bus, peers, casts, logger: silent, monotonicMs: () => performance.now() }) }
}

t.test('a home that was away is sure again only when its claim is asserted', async t => {
  const cluster = createMemoryCluster({ nodeTtlMs: 60, sureMs: 30 })
  const a = joinHomes(cluster, 'a')
  const b = joinHomes(cluster, 'b')
  t.teardown(() => [a, b].forEach(({ homes }) => homes.close()))
  const deposed: string[] = []
  for (const [showId, token] of [
    ['kept', 1],
    ['lost', 2]
  ] as const) {
    await a.homes.claim(showId)
    await a.homes.open(showId, token, error => deposed.push(error.showId))
    t.ok(a.homes.isSure(showId))
  }
  t.notOk(a.homes.isSure('another'), 'a show whose home is elsewhere')

  cluster.pause('a')
  await until(async () => (await b.bus.findHome('lost')) === null)
  await b.homes.claim('lost')
  await b.homes.open('lost', 3, () => {})
  const answers: string[] = []
  a.bus.onReconnected(() => {
    for (const showId of ['kept', 'lost']) if (a.homes.isSure(showId)) answers.push(showId)
  })
  cluster.resume('a')
  t.notOk(a.homes.isSure('kept'), 'before its listeners are called')
  t.notOk(a.homes.isSure('lost'))
  await until(() => a.homes.isSure('kept'))
  await wait(10)
  t.same(answers, [], 'before the claims are asserted')
  t.notOk(a.homes.isSure('lost'))
  t.same(deposed, ['lost'])
  t.ok(b.homes.isSure('lost'))
})

t.test('a node that was slow does not open a show that another one has claimed', async t => {
  const cluster = createMemoryCluster({ nodeTtlMs: 60, sureMs: 30 })
  const a = joinHomes(cluster, 'a')
  const b = joinHomes(cluster, 'b')
  t.teardown(() => [a, b].forEach(({ homes }) => homes.close()))
  await a.homes.claim('show')
  cluster.pause('a')
  await until(async () => (await b.bus.findHome('show')) === null)
  await b.homes.claim('show')
  cluster.resume('a')
  await t.rejects(
    a.homes.open('show', 1, () => {}),
    { name: 'LogConflict' }
  )
  await b.homes.open('show', 2, () => {})
  t.notOk(a.homes.isSure('show'))
  t.ok(b.homes.isSure('show'))
})
