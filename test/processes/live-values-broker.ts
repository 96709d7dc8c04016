import { randomUUID } from 'node:crypto'
import { Admin, Producer, stringSerializers } from '@platformatic/kafka'
import pino from 'pino'
import type { Test } from 'tap'
import { topicOfStream } from '../../contract/event-sequence.ts'
import { encodeMessage } from '../../plugins/app/event-sequence/message-codec.ts'
import type { SequenceRecord } from '../../plugins/app/event-sequence/sequence-record.ts'
import { createRedisTotals } from '../../plugins/app/event-totals/redis-totals.ts'
import { connectRedis } from '../../plugins/external/redis/connections.ts'
import { startKafka } from '../standins/kafka/start.ts'
import { startRedis } from '../standins/redis/start.ts'

/** A real broker with the topics of the event sequence, and a real Redis. */
export type EventBroker = Awaited<ReturnType<typeof startEventBroker>>

export const topicsOf = (prefix: string) => Object.values(topicOfStream).map(topic => `${prefix}.${topic}`)

export async function startEventBroker(t: Pick<Test, 'teardown'>, partitions = 4) {
  const kafka = await startKafka(t)
  const server = await startRedis(t)
  const connections = await connectRedis({ url: server.url, logger: pino({ level: 'silent' }) })
  t.teardown(() => connections.close())
  const client = { clientId: 'test', bootstrapBrokers: [kafka.address] }
  const admin = new Admin(client)
  t.teardown(async () => await admin.close())
  const producer = new Producer({ ...client, serializers: stringSerializers })
  t.teardown(async () => await producer.close())

  return {
    kafka,
    server,
    redis: connections.commands,
    totals: createRedisTotals(connections.commands),

    /** Creates the topics of a new prefix, which is returned. */
    async createTopics(): Promise<string> {
      const prefix = `test-${randomUUID()}`
      await admin.createTopics({ topics: topicsOf(prefix), partitions, replicas: 1 })
      return prefix
    },

    async produce(prefix: string, records: readonly SequenceRecord[]): Promise<void> {
      const messages = records.map(record => ({
        topic: `${prefix}.${topicOfStream[record.stream]}`,
        key: record.showId,
        value: encodeMessage(record)
      }))
      await producer.send({ messages })
    },

    /** Produces a message that is none of ours. */
    async produceText(prefix: string, key: string, value: string): Promise<void> {
      await producer.send({ messages: [{ topic: `${prefix}.${topicOfStream.audience}`, key, value }] })
    }
  }
}
