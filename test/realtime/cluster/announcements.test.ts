import t from 'tap'
import type { OperatorAnnouncement } from '../../../contract/announcements.ts'
import { connectAnnounced } from '../../announced.ts'
import { call, signIn } from '../../users.ts'
import { startNodesBehindProxy } from './nodes-behind-proxy.ts'
import { until } from './until.ts'

t.test('an announcement reaches the sockets of every node, also of one that was cut off', async t => {
  const { a, b, proxy } = await startNodesBehindProxy(t)
  const announce = async (text: string): Promise<OperatorAnnouncement> =>
    await a.app.announcements.make('operator', { text, until: new Date(Date.now() + 60_000).toISOString() })

  const onA = await connectAnnounced(a.url, (await signIn(a.url, 'Ada')).token)
  const onB = await connectAnnounced(b.url, (await signIn(b.url, 'Ben')).token)
  const { id: firstId } = await announce('First')
  await until(() => onA.texts.length === 1 && onB.texts.length === 1)
  t.same((await call<{ items: object[] }>(b.url, 'GET', '/v1/announcements')).items.length, 1)

  await proxy.cut()
  await announce('Second')
  await a.app.announcements.end('operator', firstId)
  await until(() => onA.texts.length === 2 && onA.ended.length === 1)
  t.same(onB, { texts: ['First'], ended: [] }, 'the other node cannot know')
  await proxy.restore()
  await until(() => onB.texts.length === 2 && onB.ended.length === 1)
  for (const got of [onA, onB]) t.same(got, { texts: ['First', 'Second'], ended: [firstId] })
})
