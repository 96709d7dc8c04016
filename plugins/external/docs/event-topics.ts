import type { TSchema } from 'typebox'
import {
  messageOfStream,
  sequenceStreams,
  topicOfStream,
  type SequenceStream
} from '../../../contract/event-sequence.ts'
import { examplesOf } from './schema-examples.ts'

const summaries: Readonly<Record<SequenceStream, string>> = {
  log: 'What happened in the room of a show: start and end, stage, requests to speak, songs, settings',
  audience: 'What the audience of a show did: joins, leaves, counts of comments and reactions'
}

/**
 * Returns the AsyncAPI 3 document of the topics that the server writes to Kafka:
 * https://www.asyncapi.com/docs/reference/specification/v3.0.0. It is apart from that of the realtime API, whose readers
 * have no access to Kafka.
 */
export function eventTopics(topicPrefix: string): object {
  const channels: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const stream of sequenceStreams) {
    const topic = topicOfStream[stream]
    const payload: TSchema = messageOfStream[stream]
    const key = { type: 'string', description: 'Id of the show' }
    channels[topic] = {
      address: `${topicPrefix}.${topic}`,
      servers: [{ $ref: '#/servers/kafka' }],
      description: 'The messages of a show are in order. A consumer ignores one whose `seq` it has seen in the show.',
      messages: {
        record: {
          name: topic,
          summary: summaries[stream],
          payload,
          bindings: { kafka: { key, bindingVersion: '0.5.0' } },
          examples: examplesOf(payload).map(example => ({ payload: example }))
        }
      }
    }
    operations[topic] = {
      action: 'send',
      summary: summaries[stream],
      channel: { $ref: `#/channels/${topic}` },
      messages: [{ $ref: `#/channels/${topic}/messages/record` }]
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ambient events',
      version: '1',
      description: 'The sequence of events in Kafka, at least once. People are pseudonyms.'
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{broker}',
        protocol: 'kafka',
        variables: { broker: { default: 'kafka:9092', description: 'One of KAFKA_BROKERS' } }
      }
    },
    channels,
    operations
  }
}
