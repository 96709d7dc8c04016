import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  checkStored,
  homesOf,
  keepCommenting,
  keepRequesting,
  noLimits,
  readComments,
  readLog,
  reasonsOf,
  type Sending
} from '../realtime/cluster/acknowledged.ts'
import { startPartitionedNodes } from '../realtime/cluster/real-nodes.ts'
import { until } from '../realtime/real-app.ts'
import type { ServerProcess } from '../server-process.ts'
import { connectClient, goLive, joinShow, type ShowClient } from '../users.ts'
import { checkFigure } from './figures.ts'

t.setTimeout(300_000)

const awayMs = 30_000

const settings = { ...noLimits, CREATOR_GRACE_MS: '60000' }

/** Follows one show whose home loses Redis, while its people send comments and commands all the time. */
async function watchDeposed(t: Test, home: ServerProcess, other: ServerProcess, recordsUrl: string) {
  const { creator, client: host, showId } = await goLive(home.url)
  const { user, client: local } = await joinShow(home.url, showId)
  const { client: remote } = await joinShow(other.url, showId)
  const seen = new Set<string>()
  remote.socket.on('comments', batch => batch.comments.forEach(({ text }) => seen.add(text)))
  const comments: Sending[] = [keepCommenting(local, 'local'), keepCommenting(remote, 'remote')]
  const requests = keepRequesting(remote, 'remote')
  await pause(500)

  const startedAt = performance.now()
  const drained = Promise.all([host, local].map(async client => await untilAway(client)))
  const took = (async () => {
    await remote.waitForEvent('show:interrupted')
    const homeMs = performance.now() - startedAt
    await drained
    const drainedMs = performance.now() - startedAt
    const back = await connectClient(other.url, creator.token)
    t.equal((await back.join(showId)).me.role, 'creator', 'the creator is back at another node')
    const again = await connectClient(other.url, user.token)
    await again.join(showId)
    comments.push(keepCommenting(again, 'again'))
    return { homeMs, drainedMs, clients: [back, again] }
  })()
  return {
    took,
    /** Once Redis is back. */
    async check() {
      const { clients } = await took
      const restoredAt = performance.now()
      await until(async () => await canJoin(home, showId))
      const rejoinedMs = performance.now() - restoredAt
      await pause(1000)
      const acknowledged = (await Promise.all(comments.map(async sending => await sending.stop()))).flat()
      checkStored(t, acknowledged, await readComments(recordsUrl, showId))
      await until(() => acknowledged.every(text => seen.has(text)))
      const requested = await requests.stop()
      const records = await readLog(t, recordsUrl, showId)
      checkStored(t, requested, reasonsOf(records))
      t.equal(homesOf(records).length, 2, 'two homes')
      for (const client of [...clients, remote]) client.disconnect()
      return rejoinedMs
    }
  }
}

async function untilAway({ socket }: ShowClient): Promise<void> {
  if (socket.connected) await new Promise<void>(resolve => socket.once('disconnect', () => resolve()))
}

async function canJoin({ url }: ServerProcess, showId: string): Promise<boolean> {
  try {
    const { client } = await joinShow(url, showId)
    client.disconnect()
    return true
  } catch {
    return false
  }
}

t.test('a home without Redis for 30 s is deposed, and its people go on elsewhere', async t => {
  const { nodes, proxies, recordsUrl } = await startPartitionedNodes(t, { count: 3, settings })
  const [cut, other, silent] = nodes
  const shows = [await watchDeposed(t, cut!, other!, recordsUrl), await watchDeposed(t, silent!, other!, recordsUrl)]
  const startedAt = performance.now()
  await proxies[0]!.cut()
  proxies[2]!.silence()
  const took = await Promise.all(shows.map(async show => await show.took))
  await pause(awayMs - (performance.now() - startedAt))
  await Promise.all([proxies[0]!.restore(), proxies[2]!.restore()])
  const rejoinedMs = await Promise.all(shows.map(async show => await show.check()))
  const figures = [
    { what: 'another home, ms', samples: took.map(({ homeMs }) => homeMs), limit: 5000 },
    { what: 'its people are sent away, ms', samples: took.map(({ drainedMs }) => drainedMs), limit: 10_000 },
    { what: 'it serves the show again after Redis is back, ms', samples: rejoinedMs, limit: 10_000 }
  ]
  for (const figure of figures) checkFigure(t, { fault: 'one node without Redis for 30 s', ...figure })
})

t.test('all nodes are without Redis for 30 s', async t => {
  const { nodes, proxies, recordsUrl } = await startPartitionedNodes(t, { count: 2, settings })
  const shows = await Promise.all(
    nodes.map(async (node, index) => {
      const { client: host, showId } = await goLive(node.url)
      const { client: remote } = await joinShow(nodes[1 - index]!.url, showId)
      return { showId, host, remote }
    })
  )
  const startedAt = performance.now()
  for (const proxy of proxies) proxy.silence()
  const sendings = shows.map(({ host }) => keepCommenting(host, 'host'))
  await pause(2500)
  const refusedMs: number[] = []
  while (performance.now() - startedAt < awayMs) {
    for (const { remote } of shows) {
      const askedAt = performance.now()
      const ack = await remote.requestRaw('speak:request', { reason: 'while away' })
      refusedMs.push(performance.now() - askedAt)
      t.match(ack, { ok: false, error: { code: 'UNAVAILABLE', retryAfterMs: Number } })
    }
  }
  const acknowledged = await Promise.all(sendings.map(async sending => await sending.stop()))
  await Promise.all(proxies.map(async proxy => await proxy.restore()))
  const backAt = performance.now()
  const backMs = await Promise.all(
    shows.map(async ({ remote }) => {
      await until(async () => (await remote.requestRaw('speak:request', { reason: 'after' })).ok)
      return performance.now() - backAt
    })
  )
  for (const [index, { showId, host, remote }] of shows.entries()) {
    t.ok(host.socket.connected && remote.socket.connected, 'everybody stays')
    // More than one each 200 ms.
    t.ok(acknowledged[index]!.length > 150, 'the home serves the members on its own node')
    checkStored(t, acknowledged[index]!, await readComments(recordsUrl, showId))
    const records = await readLog(t, recordsUrl, showId)
    t.equal(homesOf(records).length, 1, 'nobody claims')
  }
  const fault = 'all nodes without Redis for 30 s'
  checkFigure(t, { fault, what: 'a forwarded command is refused, ms', samples: refusedMs, limit: 4500 })
  checkFigure(t, { fault, what: 'forwarded commands again, ms', samples: backMs, limit: 10_000 })
})
