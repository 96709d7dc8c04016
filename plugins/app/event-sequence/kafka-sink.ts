import { topicOfStream } from '../../../contract/event-sequence.ts'
import type { KafkaWriter } from '../../external/kafka/kafka-writer.ts'
import type { EventSink } from './event-sink.ts'
import { encodeMessage } from './message-codec.ts'

/** Returns the sink that writes records to Kafka: each show is a key, so that its records stay in order. */
export function createKafkaSink(kafka: Pick<KafkaWriter, 'write'>): EventSink {
  return {
    async deliver(records) {
      const [first] = records
      if (!first) return
      await kafka.write(topicOfStream[first.stream], first.showId, records.map(encodeMessage))
    }
  }
}
