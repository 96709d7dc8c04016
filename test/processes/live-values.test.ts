import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import t, { type Test } from 'tap'
import { isNightly, testAtNight } from '../depth.ts'
import { sequenceStreams, topicOfStream } from '../../contract/event-sequence.ts'
import { dayOf } from '../../plugins/app/event-totals/totals.ts'
import { createFoldBatch } from '../../processes/live-values/batch.ts'
import { startLiveValues, type LiveValues } from '../../processes/live-values/consumer.ts'
import { createMeter } from '../../processes/live-values/meter.ts'
import { captureLog } from '../captured-log.ts'
import { recordOf } from '../plugins/app/event-totals/sequences.ts'
import { kafkaMissing } from '../standins/kafka/start.ts'
import { killConsumers } from './killed-consumer.ts'
import { until } from '../realtime/cluster/until.ts'
import { startEventBroker, topicsOf, type EventBroker } from './live-values-broker.ts'

/** Starts a consumer in this process. */
function startConsumer(t: Test, { kafka, redis }: EventBroker, prefix: string) {
  const log = captureLog()
  const logger = pino({ level: 'info' }, log.stream)
  const meter = createMeter(async () => await consumer?.readLag())
  const streamOf = new Map(sequenceStreams.map(stream => [`${prefix}.${topicOfStream[stream]}`, stream]))
  const consumer: LiveValues | undefined = startLiveValues({
    kafka: { clientId: 'test', bootstrapBrokers: [kafka.address] },
    groupId: `${prefix}.live-values`,
    topics: topicsOf(prefix),
    redis,
    foldBatch: createFoldBatch({ streamOf, meter, logger, nowMs: Date.now }),
    meter,
    logger,
    nowMs: Date.now
  })
  t.teardown(async () => await consumer.close())
  return { consumer, log, meter }
}

async function untilJoins({ totals }: EventBroker, joins: number, withinMs: number): Promise<number> {
  const startMs = performance.now()
  for (;;) {
    const day = await totals.findDay(dayOf(Date.now())).catch(() => undefined)
    const waitedMs = performance.now() - startMs
    if (day?.joins === joins) return waitedMs
    if (waitedMs > withinMs) throw new Error(`${day?.joins} joins after ${withinMs} ms`)
    await sleep(50)
  }
}

const joinOf = (showId: string, seq: number) => ({ ...recordOf('audience', showId, seq), at: Date.now() })

t.test('consumer with a real broker', { skip: kafkaMissing }, async t => {
  const broker = await startEventBroker(t)
  t.afterEach(async () => {
    await broker.redis.flushall()
  })

  await t.test('folds both topics, reads an undecodable message once, and goes on', async t => {
    const prefix = await broker.createTopics()
    const { meter, log } = startConsumer(t, broker, prefix)
    await broker.produce(prefix, [joinOf('show-1', 1), { ...recordOf('log', 'show-1', 1), at: Date.now() }])
    await broker.produceText(prefix, 'show-1', '{"v":1,"name":"Ana"')
    await broker.produceText(prefix, 'show-1', 'no json')
    await broker.produce(prefix, [joinOf('show-1', 2), joinOf('show-1', 4)])
    await untilJoins(broker, 3, 20_000)
    await until(async () => (await meter.text()).includes('messages_total{result="set_aside"} 2'))
    await until(async () => (await meter.text()).includes('messages_total{result="folded"} 4'))
    t.match(await meter.text(), /gaps_total 1/)
    t.equal(log.text().match(/message set aside/g)?.length, 1)
    t.notMatch(log.text(), /Ana/)
    const [list = ''] = await broker.redis.keys('*:aside')
    t.equal((await broker.redis.lrange(list, 0, -1)).length, 2)
    t.match(await meter.text(), /lag_messages 0/)
  })

  await testAtNight(t, 'brings the values back after FLUSHALL, without any new message', async t => {
    const prefix = await broker.createTopics()
    const { log } = startConsumer(t, broker, prefix)
    const records = Array.from({ length: 1500 }, (_, index) => joinOf(`show-${index % 3}`, Math.floor(index / 3) + 1))
    await broker.produce(prefix, records)
    await untilJoins(broker, 1500, 20_000)
    await broker.redis.flushall()
    const waitedMs = await untilJoins(broker, 1500, 10_000)
    t.comment(`back after ${Math.round(waitedMs)} ms`)
    t.match(log.text(), /redis was emptied/)
  })

  await testAtNight(t, 'consumers share the partitions, and take over from one that stops', async t => {
    const prefix = await broker.createTopics()
    let seq = 0
    const produceComments = async () => {
      for (let turn = 0; turn < 20; turn++) {
        seq += 1
        const event = { type: 'comments:counted' as const, count: 1 }
        await broker.produce(
          prefix,
          Array.from({ length: 8 }, (_, show) => {
            return { stream: 'audience' as const, showId: `show-${show}`, seq, at: Date.now(), event }
          })
        )
      }
    }
    const comments = async () => (await broker.totals.findDay(dayOf(Date.now())))?.comments
    const first = startConsumer(t, broker, prefix)
    await produceComments()
    await until(async () => (await comments()) === 160, 20_000)
    const second = startConsumer(t, broker, prefix)
    await until(async () => {
      await produceComments()
      return !(await second.meter.text()).includes('ambient_live_values_messages_total{result="folded"} 0')
    }, 30_000)
    await first.consumer.close()
    await produceComments()
    await until(async () => (await comments()) === seq * 8, 30_000)
    t.equal(await second.consumer.readLag(), 0)
    t.match(await second.meter.text(), /gaps_total 0/)
  })
})

if (isNightly) {
  t.test('totals are exact after a consumer was killed while messages arrived', { skip: kafkaMissing }, async t => {
    await killConsumers(t, 3)
  })
}
