import t from 'tap'
import type { HeldComment } from '../../../contract/held-comments.ts'
import { connectClient, goLive, signIn } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.test('hosts and authors on other nodes than the home have held comments, and others there see nothing', async t => {
  const { nodes } = await startRealNodes(t)
  const [home, edge] = nodes.map(({ url }) => url)
  const { client: host, showId } = await goLive(home!, 'A show', { firstComments: 'held' })
  const connect = async (name: string) => {
    const user = await signIn(edge!, name)
    const client = await connectClient(edge!, user.token)
    const received: unknown[] = []
    client.socket.onAny((...message: unknown[]) => received.push(message))
    await client.join(showId)
    return { user, client, seen: () => JSON.stringify(received) }
  }
  const [cohost, author, listener] = [await connect('Co-host'), await connect('Author'), await connect('Listener')]
  await host.request('cohost:set', { userId: cohost.user.id, cohost: true })
  await cohost.client.waitForEvent('cohost:changed')
  const { comment } = await author.client.request('comment:send', { clientId: 'a', text: 'A secret' })
  t.match(comment, { held: true })
  await until(() => cohost.seen().includes('"count":1'))
  const heldBy = async ({ client }: { client: typeof host }): Promise<HeldComment[]> =>
    (await client.request('comments:held', {})).items
  for (const one of [{ client: host }, cohost, author]) t.match(await heldBy(one), [{ text: 'A secret' }])
  t.same(await heldBy(listener), [])
  const answer = { heldId: comment.id, accept: true }
  t.equal(await listener.client.requestError('comment:answer', answer), 'FORBIDDEN')
  for (const { seen } of [author, listener, cohost]) t.notMatch(seen(), /A secret/)
  t.notMatch(listener.seen(), /comments:held/)

  await cohost.client.request('comment:answer', answer)
  await until(() => [cohost, author, listener].every(({ seen }) => seen().includes('A secret')))
  await until(() => author.seen().includes('comment:answered'))
  t.notMatch(listener.seen(), /comment:answered/)
  t.same(await heldBy({ client: host }), [])
})
