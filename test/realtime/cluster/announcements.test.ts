import t from 'tap'
import type { OperatorAnnouncement } from '../../../contract/announcements.ts'
import { connectAnnounced } from '../../announced.ts'
import { startFaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis } from '../../standins/redis/start.ts'
import { startScratchStore } from '../../store/backends.ts'
import { call, signIn } from '../../users.ts'
import { startApp } from '../real-app.ts'
import { until } from './until.ts'

t.test('an announcement reaches the sockets of every node, also of one that was cut off', async t => {
  const redis = await startRedis(t)
  const proxy = await startFaultProxy(t, redis.port)
  const store = await startScratchStore(t)
  t.teardown(async () => await store.close())
  const shared = {
    MONGODB_URL: store.url,
    JWT_KEYS: `a:${'a'.repeat(32)}`,
    TOKEN_KEYS: `a:${'b'.repeat(32)}`,
    STORAGE_URL: 'gridfs:',
    AUTH_DEV_LOGIN: 'on'
  }
  const a = await startApp(t, { ...shared, REDIS_URL: redis.url, NODE_ID: 'a' })
  const b = await startApp(t, { ...shared, REDIS_URL: `redis://127.0.0.1:${proxy.port}`, NODE_ID: 'b' })
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
