import t from 'tap'
import { until } from '../realtime/cluster/until.ts'
import { startRedis } from '../standins/redis/start.ts'
import { freePort } from '../standins/free-port.ts'
import { startLiveValuesProcess } from './live-values-process.ts'

t.test('names the settings that are missing, and no others', async t => {
  await t.rejects(startLiveValuesProcess({ NODE_ENV: 'production' }), {
    message: /exited with 1:\n.*\n {2}- REDIS_URL is missing.*\n {2}- KAFKA_BROKERS is missing[^-]*$/s
  })
})

t.test('names an unknown argument', async t => {
  await t.rejects(startLiveValuesProcess({}, ['--rebuilt']), { message: /exited with 1:\nUnknown option '--rebuilt'/ })
})

t.test('does not start without Redis, and hides its password', async t => {
  const settings = { REDIS_URL: `redis://:of-the-tests@127.0.0.1:${await freePort()}`, KAFKA_BROKERS: '127.0.0.1:1' }
  await startLiveValuesProcess(settings).then(
    () => t.fail('it started'),
    (error: Error) => {
      t.match(error.message, /live-values could not start: Redis at 127\.0\.0\.1:\d+ cannot be used/)
      t.notMatch(error.message, /of-the-tests/)
    }
  )
})

t.test('says that Kafka is away, keeps trying, and stops at SIGTERM', async t => {
  const redis = await startRedis(t)
  const process = await startLiveValuesProcess({ REDIS_URL: redis.url, KAFKA_BROKERS: `127.0.0.1:${await freePort()}` })
  const answer = async (path: string) => {
    const response = await fetch(`${process.url}${path}`)
    return { status: response.status, text: await response.text() }
  }
  t.same(await answer('/healthz'), { status: 200, text: '{"status":"ok"}' })
  t.same(await answer('/readyz'), { status: 503, text: '{"status":"unavailable","reasons":["kafka"]}' })
  const metrics = await answer('/metrics')
  t.match(metrics.text, /^ambient_live_values_messages_total\{result="folded"\} 0$/m)
  t.notMatch(metrics.text, /^ambient_live_values_lag_messages /m, 'no lag of 0 while it is not known')
  t.equal((await answer('/other')).status, 404)
  await until(() => process.log().includes('reading from kafka failed'), 20_000)
  const startMs = performance.now()
  t.equal(await process.stop('SIGTERM'), 0)
  t.ok(performance.now() - startMs < 5000, 'it waits for no broker')
  t.equal(process.log().match(/reading from kafka failed/g)?.length, 1)
})
