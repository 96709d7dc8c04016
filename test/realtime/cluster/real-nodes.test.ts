import t from 'tap'
import { goLive, joinShow } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.test('a show spans two server processes', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, showId } = await goLive(a!.url)
  const { client: listener, user } = await joinShow(b!.url, showId)
  const { requestId } = await listener.request('speak:request', { reason: 'hello' })
  await host.request('speak:answer', { requestId, accept: true })
  await listener.waitForEvent('floor:granted')
  const { comment } = await listener.request('comment:send', { clientId: 'one', text: 'a comment' })
  await host.request('comment:delete', { commentId: comment.id })
  await host.request('cohost:set', { userId: user.id, cohost: true })
  await listener.waitForEvent('cohost:changed')
  await until(() => listener.roomEvents.length >= 2)
})
