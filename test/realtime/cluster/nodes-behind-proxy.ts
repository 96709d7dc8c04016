import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { startFaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis } from '../../standins/redis/start.ts'
import { startScratchStore } from '../../store/backends.ts'
import { recordsSettings } from '../../store-settings.ts'
import { startApp } from '../real-app.ts'

/** Starts two nodes in this process. The second one reaches Redis through a proxy. */
export async function startNodesBehindProxy(t: Test) {
  const redis = await startRedis(t)
  const proxy = await startFaultProxy(t, redis.port)
  const store = await startScratchStore(t)
  t.teardown(async () => await store.close())
  const shared = {
    MONGODB_URL: store.url,
    ...recordsSettings(randomUUID()),
    JWT_KEYS: `a:${'a'.repeat(32)}`,
    TOKEN_KEYS: `a:${'b'.repeat(32)}`,
    STORAGE_URL: 'gridfs:',
    AUTH_DEV_LOGIN: 'on'
  }
  const a = await startApp(t, { ...shared, REDIS_URL: redis.url, NODE_ID: 'a' })
  const b = await startApp(t, { ...shared, REDIS_URL: `redis://127.0.0.1:${proxy.port}`, NODE_ID: 'b' })
  return { a, b, proxy }
}
