import { randomUUID } from 'node:crypto'
import fp from 'fastify-plugin'
import type { EventSink } from './event-sink.ts'
import { createKafkaSink } from './kafka-sink.ts'
import { createMemoryCursors } from './relay-cursors.ts'
import { createRelay } from './relay.ts'
import { createSequenceReader, type SequenceReader } from './sequence-reader.ts'
import type { SequenceRecord } from './sequence-record.ts'
import { openStoredCursors } from './stored-cursors.ts'

/** The ordered sequence of what happens in shows, for consumers inside and outside of the server. */
export interface EventSequence {
  /**
   * Binds a sink inside of the server, before the server listens. There is one. With Kafka it gets nothing: the
   * consumer process reads the topics.
   */
  bindSink(sink: EventSink): void
  /** Reads stored records as the sink gets them. */
  readonly read: SequenceReader['read']
}

declare module 'fastify' {
  interface FastifyInstance {
    eventSequence: EventSequence
  }
}

const sweepEveryMs = 10_000

/** The event sequence: relays both streams of each show to Kafka, or to a sink inside of the server. */
export default fp(
  async app => {
    const { kafka, db, eventLog, audienceLog, showData, maintenance, readiness, metrics } = app
    const { read } = createSequenceReader(app)
    let bound: EventSink | undefined
    app.decorate('eventSequence', {
      bindSink(sink) {
        if (bound) throw new Error('the event sequence has a sink already')
        bound = sink
        if (!kafka) startRelay()
      },
      read
    })

    const sink = kafka
      ? createKafkaSink(kafka)
      : { deliver: async (records: readonly SequenceRecord[]) => await bound?.deliver(records) }
    const relay = createRelay({
      cursors: kafka
        ? await openStoredCursors({ db, processId: randomUUID(), nowMs: Date.now })
        : createMemoryCursors(async showId => ({
            log: await eventLog.findTailSeq(showId),
            audience: await audienceLog.findTail(showId)
          })),
      sink,
      read,
      nowMs: Date.now,
      logger: app.log.child({ part: 'event sequence' }),
      onRelayed(records) {
        const [first] = records
        if (first) metrics.eventSequence.relayed(first.stream, records.length)
        const unreadable = records.filter(({ event }) => event.type === 'record:unreadable').length
        if (unreadable > 0) metrics.eventSequence.unreadable(unreadable)
      },
      onFailed: metrics.eventSequence.failed
    })

    /** Rooms do not know of the relay, and nothing is read for it, until something takes the records. */
    function startRelay(): void {
      eventLog.bindObserver({ beforeTake: relay.open, onStored: showId => relay.wake(showId, 'log') })
      audienceLog.bindObserver(showId => relay.wake(showId, 'audience'))
      showData.register('showRelays', relay.remove)
      metrics.eventSequence.bind(relay.figures)
      maintenance.every('event relay', sweepEveryMs, relay.sweep)
      app.addHook('onClose', async () => await relay.close())
    }

    if (!kafka) return
    readiness.addOptional('kafka', kafka.check)
    startRelay()
  },
  { name: 'event-sequence', dependencies: ['kafka', 'operations', 'privacy', 'shows'] }
)
