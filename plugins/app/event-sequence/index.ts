import fp from 'fastify-plugin'
import type { EventSink } from './event-sink.ts'
import { createSequenceReader, type SequenceReader } from './sequence-reader.ts'

/** The ordered sequence of what happens in shows, for consumers inside and outside of the server. */
export interface EventSequence {
  /** Binds what the relay delivers to. There is one sink; Kafka is the sink where it is set. */
  bindSink(sink: EventSink): void
  /** Reads stored records as the sink gets them. */
  readonly read: SequenceReader['read']
}

declare module 'fastify' {
  interface FastifyInstance {
    eventSequence: EventSequence
  }
}

/** The event sequence: reads both streams of each show and relays them. */
export default fp(
  async app => {
    const { read } = createSequenceReader(app)
    const sinks: EventSink[] = []
    app.decorate('eventSequence', {
      bindSink(sink) {
        if (sinks.length > 0) throw new Error('the event sequence has a sink already')
        sinks.push(sink)
      },
      read
    })
  },
  { name: 'event-sequence', dependencies: ['privacy', 'shows'] }
)
