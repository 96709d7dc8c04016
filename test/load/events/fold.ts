/*
 * Measures the consumer of the event sequence with a real broker and a real Redis: how fast it folds a million events
 * from the beginning of the topics, what one event costs, its memory afterwards, and its delay when events come evenly.
 * Usage: node test/load/events/fold.ts [EVENTS]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SequenceRecord } from '../../../plugins/app/event-sequence/sequence-record.ts'
import { startEventBroker } from '../../processes/live-values-broker.ts'
import { readMetric, startLiveValuesProcess } from '../../processes/live-values-process.ts'

const events = Number(process.argv[2] ?? 1_000_000)
const shows = 100
const produceBatch = 2000
/** The live phase: events per second and its length. */
const liveEventsPerSecond = 500
const liveSeconds = 20
const turnMs = 20
const folded = 'ambient_live_values_messages_total{result="folded"}'

const teardowns: (() => unknown)[] = []
const broker = await startEventBroker({ teardown: callback => teardowns.push(callback) })
let produced = 0

/** Returns the next events: joins and leaves, comments and reactions of all shows in turn. */
function nextEvents(count: number): SequenceRecord[] {
  return Array.from({ length: count }, () => {
    const seq = Math.floor(produced / shows) + 1
    const showId = `show-${produced++ % shows}`
    const person = `pseudonym-${showId}-${(seq >> 2) % 500}`
    const at = Date.now()
    const base = { stream: 'audience' as const, showId, seq, at }
    if (seq % 4 === 0) return { ...base, event: { type: 'comments:counted', count: 3 } }
    if (seq % 4 === 1) return { ...base, event: { type: 'listener:joined', person, guest: false, source: null } }
    if (seq % 4 === 2) return { ...base, event: { type: 'reactions:counted', count: 9 } }
    return { ...base, event: { type: 'listener:left', person } }
  })
}

async function untilFolded(url: string, count: number): Promise<void> {
  while ((await readMetric(url, folded)) < count) await sleep(200)
}

/** Returns the bound below which 99 % of the delays are, ms, from the buckets of a histogram. */
async function delayP99(url: string, before: ReadonlyMap<string, number>): Promise<string> {
  const now = await readDelays(url)
  const total = (now.get('+Inf') ?? 0) - (before.get('+Inf') ?? 0)
  for (const [bound, count] of now) {
    if (count - (before.get(bound) ?? 0) >= total * 0.99) return `≤ ${Number(bound) * 1000} ms`
  }
  return 'unknown'
}

async function readDelays(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.matchAll(/^ambient_live_values_delay_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)
  return new Map([...lines].map(([, bound = '', count]) => [bound, Number(count)]))
}

try {
  const prefix = await broker.createTopics()
  const settings = {
    REDIS_URL: broker.server.url,
    KAFKA_BROKERS: broker.kafka.address,
    KAFKA_TOPIC_PREFIX: prefix,
    LOG_LEVEL: 'warn'
  }
  console.log(`producing ${events} events …`)
  while (produced < events) await broker.produce(prefix, nextEvents(Math.min(produceBatch, events - produced)))

  const consumer = await startLiveValuesProcess(settings)
  teardowns.push(async () => await consumer.stop('SIGKILL'))
  await untilFolded(consumer.url, 1)
  const [startMs, startCpu, startCount] = [
    performance.now(),
    await readMetric(consumer.url, 'process_cpu_seconds_total'),
    await readMetric(consumer.url, folded)
  ]
  await untilFolded(consumer.url, events)
  const seconds = (performance.now() - startMs) / 1000
  const cpu = (await readMetric(consumer.url, 'process_cpu_seconds_total')) - startCpu
  const memory = await readMetric(consumer.url, 'process_resident_memory_bytes')
  const redisMemory = /used_memory:(\d+)/.exec(await broker.redis.info('memory'))?.[1]
  const count = events - startCount
  console.log(`folded                ${Math.round(count / seconds)} events/s`)
  console.log(`CPU of the consumer   ${((cpu / count) * 1e6).toFixed(1)} µs per event`)
  console.log(`memory of the consumer after ${events} events: ${Math.round(memory / 1_048_576)} MiB`)
  console.log(`memory of Redis       ${Math.round(Number(redisMemory) / 1_048_576)} MiB`)

  const before = await readDelays(consumer.url)
  for (let turn = 0; turn < (liveSeconds * 1000) / turnMs; turn++) {
    await broker.produce(prefix, nextEvents((liveEventsPerSecond * turnMs) / 1000))
    await sleep(turnMs)
  }
  await untilFolded(consumer.url, produced)
  console.log(`delay, p99            ${await delayP99(consumer.url, before)}`)
} finally {
  for (const teardown of teardowns.toReversed()) await teardown()
}
