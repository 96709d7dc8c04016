import fp from 'fastify-plugin'
import type { KafkaWriter } from './kafka/kafka-writer.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Writes to KAFKA_BROKERS; null where they are not set. */
    kafka: KafkaWriter | null
  }
}

/**
 * Kafka, which gets the sequence of events. Its client is loaded only where KAFKA_BROKERS is set. The server starts
 * without it: events wait in the store.
 */
export default fp(
  async app => {
    app.decorate('kafka', null)
    if (app.config.KAFKA_BROKERS.length === 0) return
    const { readKafkaOptions } = await import('./kafka/kafka-options.ts')
    const { createKafkaWriter } = await import('./kafka/kafka-writer.ts')
    const writer = createKafkaWriter({
      options: await readKafkaOptions(app.config),
      topicPrefix: app.config.KAFKA_TOPIC_PREFIX,
      logger: app.log.child({ module: 'kafka' })
    })
    app.kafka = writer
    app.addHook('onClose', async () => writer.close())
  },
  { name: 'kafka' }
)
