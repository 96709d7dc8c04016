import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openShowBehind, type RestartShow } from '../e2e/restart-show.ts'
import { startBehindOne } from '../nginx/behind.ts'
import { homesOf, noLimits, readLog } from '../realtime/cluster/acknowledged.ts'
import { startPartitionedNodes, type PartitionedNodes } from '../realtime/cluster/real-nodes.ts'
import { checkFigure } from './figures.ts'

t.setTimeout(600_000)

const awayMs = 30_000

interface ShowInBrowsers {
  readonly show: RestartShow
  readonly cluster: PartitionedNodes
}

/** A host and a listener in Chromium, both at the home of their show, behind NGINX with two nodes. */
async function openShow(t: Test): Promise<ShowInBrowsers> {
  let cluster: PartitionedNodes | undefined
  const behind = await startBehindOne(async url => {
    const settings = { ...noLimits, PUBLIC_URL: url, TRUST_PROXY: 'on', CREATOR_GRACE_MS: '60000' }
    cluster = await startPartitionedNodes(t, { settings })
    return cluster.nodes
  })
  const show = await openShowBehind(behind)
  t.teardown(show.close)
  return { show, cluster: cluster! }
}

/** Returns the places of the nodes that were the home, in order. */
async function homePlaces(t: Test, { show, cluster }: ShowInBrowsers): Promise<number[]> {
  const records = await readLog(t, cluster.recordsUrl, show.showId)
  return homesOf(records).map(nodeId => (nodeId.startsWith('a-') ? 0 : 1))
}

/** Checks what the people in the browsers noticed. `limitMs` is how long the listener may hear nothing. */
async function checkFault(
  t: Test,
  opened: ShowInBrowsers,
  fault: string,
  limitMs: number,
  disturb: (home: number) => { stop(): Promise<number | null>; restart(): Promise<void> }
): Promise<void> {
  const [home] = await homePlaces(t, opened)
  const { audioGapMs, typed, acknowledged, lost, doubled, unseen } = await opened.show.restart(disturb(home!))
  t.ok(typed > 0 && acknowledged > 0, `${typed} comments typed, ${acknowledged} acknowledged`)
  t.same(await homePlaces(t, opened), [home, 1 - home!], 'the other node took the show over')
  checkFigure(t, { fault, what: 'a listener in Chromium hears nothing, ms', samples: [audioGapMs], limit: limitMs })
  for (const [what, count] of Object.entries({ lost, doubled, 'not seen by the host': unseen })) {
    checkFigure(t, { fault, what: `comments ${what}`, samples: [count], limit: 0 })
  }
}

t.test('a home is cut off from Redis for 30 s while people in browsers talk and comment', async t => {
  const opened = await openShow(t)
  await checkFault(t, opened, 'the home without Redis for 30 s, in browsers', 5000, home => ({
    async stop() {
      opened.cluster.proxies[home]!.silence()
      await pause(awayMs)
      return null
    },
    restart: async () => await opened.cluster.proxies[home]!.restore()
  }))
})

t.test('a home is killed while people in browsers talk and comment', async t => {
  const opened = await openShow(t)
  await checkFault(t, opened, 'kill -9 of the home, in browsers', 10_000, home => ({
    stop: async () => await opened.cluster.nodes[home]!.stop('SIGKILL'),
    restart: async () => await opened.cluster.nodes[home]!.restart()
  }))
})
