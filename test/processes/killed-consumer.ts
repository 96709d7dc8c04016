import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { SequenceRecord } from '../../plugins/app/event-sequence/sequence-record.ts'
import { dayOf } from '../../plugins/app/event-totals/totals.ts'
import { startEventBroker } from './live-values-broker.ts'
import { startLiveValuesProcess } from './live-values-process.ts'

const shows = 5
const eventsPerTurn = 40
const turnMs = 20
/** The partitions of a killed consumer are free after the session timeout. */
const untilFoldedMs = 60_000

/** A record that counts twice if it is folded twice. */
function commentOf(showId: string, seq: number): SequenceRecord {
  return { stream: 'audience', showId, seq, at: Date.now(), event: { type: 'comments:counted', count: 1 } }
}

/**
 * Kills a consumer again and again while messages are produced, each time after it has folded some. Expects exactly the
 * totals of all messages.
 */
export async function killConsumers(t: Test, kills: number): Promise<void> {
  const broker = await startEventBroker(t)
  const prefix = await broker.createTopics()
  const settings = {
    REDIS_URL: broker.server.url,
    KAFKA_BROKERS: broker.kafka.address,
    KAFKA_TOPIC_PREFIX: prefix,
    LOG_LEVEL: 'warn'
  }
  let produced = 0
  const stopping = new AbortController()

  async function produceOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const records = Array.from({ length: eventsPerTurn }, (_, index): SequenceRecord => {
        const place = produced + index
        const seq = Math.floor(place / shows) + 1
        return commentOf(`show-${place % shows}`, seq)
      })
      await broker.produce(prefix, records)
      produced += eventsPerTurn
      await sleep(turnMs)
    }
  }

  async function comments(): Promise<number> {
    return (await broker.totals.findDay(dayOf(Date.now())))?.comments ?? 0
  }

  async function untilComments(reached: (count: number) => boolean): Promise<void> {
    const startMs = performance.now()
    for (let count = await comments(); !reached(count); count = await comments()) {
      if (performance.now() - startMs > untilFoldedMs) throw new Error(`${count} of ${produced} after 60 s`)
      await sleep(20)
    }
  }

  const producing = produceOn()
  for (let kill = 0; kill < kills; kill++) {
    const before = await comments()
    const consumer = await startLiveValuesProcess(settings)
    await untilComments(count => count > before + eventsPerTurn * 3)
    t.equal(await consumer.stop('SIGKILL'), null)
  }
  stopping.abort()
  await producing
  const consumer = await startLiveValuesProcess(settings)
  await untilComments(count => count >= produced)
  t.equal(await comments(), produced, `${produced} comments after ${kills} kills`)
  t.equal(await consumer.stop('SIGTERM'), 0)
  t.equal(await comments(), produced)
}
