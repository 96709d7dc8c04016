import t, { type Test } from 'tap'
import { Redis } from 'ioredis'
import type { OnlinePeople } from '../../../contract/live.ts'
import { goLive, joinShow, signIn, type TestUser } from '../../users.ts'
import { getLive, untilLive, watchLive } from '../live-updates.ts'
import { startPartitionedNodes, startRealNodes } from './real-nodes.ts'
import { until } from './until.ts'

async function connectRedis(t: Test, url: string): Promise<Redis> {
  const redis = new Redis(url)
  t.teardown(() => redis.disconnect())
  return redis
}

t.setTimeout(120_000)

t.test('people of two nodes are counted together, and values come back after FLUSHALL', async t => {
  const { nodes, redis } = await startRealNodes(t)
  const [a, b] = [nodes[0]!, nodes[1]!]
  const { creator, client: host, showId } = await goLive(a.url)
  const { client: near } = await joinShow(a.url, showId)
  const { client: far } = await joinShow(b.url, showId)
  const otherTab = watchLive(b.url, creator)
  for (const { url } of [a, b]) {
    await untilLive(url, values => values.usersConnected === 3 && values.listeners === 2 && values.showsLive === 1)
  }
  await until(() => otherTab.updates.at(-1)?.usersConnected === 3)
  const fan = await signIn(b.url, 'Fan')
  await fan.rest('PUT', `/v1/users/${creator.id}/follow`)
  await creator.rest('PATCH', '/v1/users/me', { showsOnline: true })
  const online = async (url: string, { token }: TestUser) => {
    const response = await fetch(`${url}/v1/users/me/following/online`, {
      headers: { authorization: `Bearer ${token}` }
    })
    return (await response.json()) as OnlinePeople
  }
  await until(async () => (await online(b.url, fan)).items[0]?.show?.id === showId)
  t.match(await online(a.url, fan), { items: [{ user: { id: creator.id }, show: { id: showId, title: 'A show' } }] })

  const connection = await connectRedis(t, redis.url)
  const before = otherTab.updates.length
  await connection.flushall()
  const flushedAtMs = performance.now()
  await until(async () => (await connection.zcard('amb:live:users')) === 3)
  t.ok(performance.now() - flushedAtMs < 10_000, 'within 10 s')
  await until(async () => (await connection.zcard('amb:live:listeners')) === 2)
  await new Promise(resolve => setTimeout(resolve, 3000))
  t.same(await getLive(a.url), await getLive(b.url))
  t.match(await getLive(b.url), { usersConnected: 3, listeners: 2, showsLive: 1, peaks: { usersConnected: 3 } })
  t.same(
    otherTab.updates.slice(before).filter(({ usersConnected }) => usersConnected !== 3),
    [],
    'nobody was told a number that was too low'
  )

  far.disconnect()
  await untilLive(a.url, values => values.listeners === 1)
  near.disconnect()
  otherTab.disconnect()
  await untilLive(b.url, values => values.usersConnected === 1)
  host.disconnect()
})

t.test('a node that is stopped takes its people with it at once', async t => {
  const { nodes, redis } = await startRealNodes(t, { settings: { DRAIN_DEADLINE_MS: '1000' } })
  const [a, b] = [nodes[0]!, nodes[1]!]
  const stays = watchLive(a.url, await signIn(a.url, 'Stays'))
  const leaves = watchLive(b.url, await signIn(b.url, 'Leaves'))
  await untilLive(a.url, ({ usersConnected }) => usersConnected === 2)
  const connection = await connectRedis(t, redis.url)
  t.equal(await connection.zcard('amb:live:nodes'), 2)
  await b.close()
  t.equal(await connection.zcard('amb:live:users'), 1)
  t.equal(await connection.zcard('amb:live:at:users'), 1)
  t.equal(await connection.zcard('amb:live:nodes'), 1)
  t.equal(await connection.hlen('amb:live:homes'), 1)
  await untilLive(a.url, ({ usersConnected }) => usersConnected === 1)
  stays.disconnect()
  leaves.disconnect()
})

t.test('without Redis the last values stay, with their time, and nothing waits', async t => {
  const { nodes, proxies } = await startPartitionedNodes(t, { count: 1 })
  const [a] = nodes
  const person = await signIn(a!.url, 'Ana')
  const ana = watchLive(a!.url, person)
  const fan = await signIn(a!.url, 'Fan')
  await person.rest('PATCH', '/v1/users/me', { showsOnline: true })
  await fan.rest('PUT', `/v1/users/${person.id}/follow`)
  await untilLive(a!.url, ({ usersConnected }) => usersConnected === 1)
  await proxies[0]!.cut()
  const old = await untilLive(a!.url, ({ asOf }) => asOf !== undefined)
  t.match(old, { usersConnected: 1, showsLive: 0 })
  t.ok(Math.abs(Date.now() - Date.parse(old.asOf ?? '') - 6000) < 5000, `${old.asOf} is the time of the values`)
  const ready = await fetch(`${a!.url}/readyz`)
  t.match([ready.status, await ready.json()], [200, { degraded: ['redis'] }])
  await t.rejects(fan.rest('GET', '/v1/users/me/following/online'), /UNAVAILABLE/)
  await proxies[0]!.restore()
  await untilLive(a!.url, ({ asOf }) => asOf === undefined)
  ana.disconnect()
})
