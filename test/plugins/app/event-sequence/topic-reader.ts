import { randomUUID } from 'node:crypto'
import { Consumer, type BaseOptions } from '@platformatic/kafka'
import type { SequenceStream } from '../../../../contract/event-sequence.ts'
import { topicOfStream } from '../../../../contract/event-sequence.ts'
import { decodeMessage } from '../../../../plugins/app/event-sequence/message-codec.ts'
import type { SequenceRecord } from '../../../../plugins/app/event-sequence/sequence-record.ts'

/** Messages of a topic as a plain consumer reads them. */
export interface TopicReader {
  /** Decoded messages in the order in which they arrived. */
  readonly records: SequenceRecord[]
  /** Keys of the messages, in the same order. */
  readonly keys: string[]
  /** Texts that were no messages. */
  readonly others: string[]
  close(): Promise<void>
}

/** Reads a topic of a stream from its beginning on. */
export async function readTopic(
  address: string,
  stream: SequenceStream,
  options: Partial<BaseOptions> = {}
): Promise<TopicReader> {
  const topic = `ambient.${topicOfStream[stream]}`
  const consumer = new Consumer({
    groupId: randomUUID(),
    clientId: 'test',
    bootstrapBrokers: [address],
    autocreateTopics: true,
    ...options
  })
  const records: SequenceRecord[] = []
  const keys: string[] = []
  const others: string[] = []
  const messages = await consumer.consume({
    topics: [topic],
    mode: 'earliest',
    autocommit: false,
    maxWaitTime: 100
  })
  messages.on('data', ({ key, value }) => {
    const text = value.toString()
    const record = decodeMessage(stream, text)
    if (!record) return others.push(text)
    records.push(record)
    keys.push(key.toString())
  })
  messages.on('error', () => {})
  return {
    records,
    keys,
    others,
    async close() {
      await consumer.close(true)
    }
  }
}

/** Returns the places of a show's records at their first arrival, in order of arrival. */
export function firstArrivals(records: readonly SequenceRecord[], showId: string): number[] {
  const seen = new Set<number>()
  for (const { seq, ...record } of records) if (record.showId === showId) seen.add(seq)
  return [...seen]
}
