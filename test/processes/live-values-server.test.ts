import t from 'tap'
import type { LiveValues } from '../../contract/live.ts'
import type { Show } from '../../contract/shows.ts'
import { dayOf } from '../../plugins/app/event-totals/totals.ts'
import { until } from '../realtime/cluster/until.ts'
import { startServer } from '../server-process.ts'
import { kafkaMissing } from '../standins/kafka/start.ts'
import { call, connectClient, signIn } from '../users.ts'
import { startEventBroker } from './live-values-broker.ts'
import { startLiveValuesProcess } from './live-values-process.ts'

t.test('a consumer folds what a server sends to Kafka', { skip: kafkaMissing }, async t => {
  const broker = await startEventBroker(t)
  const prefix = await broker.createTopics()
  const kafka = { KAFKA_BROKERS: broker.kafka.address, KAFKA_TOPIC_PREFIX: prefix }
  const server = await startServer(kafka)
  t.teardown(async () => await server.close())
  const consumer = await startLiveValuesProcess({ ...kafka, REDIS_URL: broker.server.url })
  t.teardown(async () => await consumer.stop('SIGKILL'))

  const creator = await signIn(server.url, 'Ana')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A show', settings: {} })
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  const listener = await connectClient(server.url, (await signIn(server.url, 'Ben')).token)
  await listener.join(showId)

  const today = async () => await broker.totals.findDay(dayOf(Date.now()))
  await until(async () => {
    const { showsStarted = 0, joins = 0 } = (await today()) ?? {}
    return showsStarted === 1 && joins === 1
  }, 30_000)
  t.same(await broker.totals.findShow(showId), { listeners: 1, peakListeners: 1 })
  const values = await call<LiveValues>(server.url, 'GET', '/v1/live')
  t.equal(values.today, undefined, 'this server has no Redis, and counts nothing itself')

  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(async () => (await broker.totals.findShow(showId)) === undefined, 30_000)
  t.match(await today(), { showsStarted: 1, joins: 1 })
})
