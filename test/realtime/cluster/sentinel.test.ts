import t from 'tap'
import type { Comment } from '../../../contract/comments.ts'
import type { Page } from '../../../contract/paging.ts'
import { startWatchedRedis } from '../../standins/redis/start-sentinel.ts'
import { goLive, joinShow } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.setTimeout(120_000)

t.test('when a sentinel makes a replica the primary, shows go on and nothing acknowledged is lost', async t => {
  const { url, primary } = await startWatchedRedis(t)
  const { nodes } = await startRealNodes(t, {
    settings: { REDIS_URL: url, LIMIT_COMMENTS_PER_10S: '100000', LIMIT_EVENTS_PER_10S: '100000', LOG_LEVEL: 'silent' }
  })
  const [a, b] = nodes
  const { creator, showId } = await goLive(a!.url)
  const { client } = await joinShow(b!.url, showId, 'Listener')
  const acknowledged: string[] = []
  let refused = 0
  /** Sends a comment to the home on the other node, once. */
  async function comment(): Promise<boolean> {
    const clientId = `comment-${acknowledged.length + refused}`
    try {
      await client.request('comment:send', { clientId, text: clientId })
      acknowledged.push(clientId)
      return true
    } catch {
      refused++
      return false
    }
  }
  for (let time = 0; time < 20; time++) await comment()
  const before = acknowledged.length
  t.equal(before, 20)
  await primary.stop()
  const stoppedAtMs = performance.now()
  await until(comment)
  t.comment(
    `the first comment after the failover was acknowledged after ${Math.round(performance.now() - stoppedAtMs)} ms`
  )
  for (let time = 0; time < 20; time++) t.ok(await comment())
  const metrics = await (await fetch(`${a!.url}/metrics`)).text()
  t.match(metrics, /^ambient_cluster_shows\{place="home"\} 1$/m, 'the home stayed')
  const stored: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor && `&cursor=${cursor}`
    const page: Page<Comment> = await creator.rest('GET', `/v1/shows/${showId}/comments?limit=100${query}`)
    stored.push(...page.items.map(({ text }) => text))
    cursor = page.nextCursor
  }
  t.same(
    acknowledged.filter(text => !stored.includes(text)),
    [],
    'everything acknowledged is stored'
  )
  t.equal(new Set(stored).size, stored.length, 'once')
})
