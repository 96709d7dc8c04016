import { Producer, type BaseOptions, type MessageToProduce } from '@platformatic/kafka'
import type { FastifyBaseLogger } from 'fastify'
import pTimeout from 'p-timeout'

/** Writes messages to Kafka. */
export interface KafkaWriter {
  /**
   * Writes messages with one key, in order, at most 256 KiB. `topic` is the name without its prefix. Resolves when all
   * replicas in sync have them. Rejects within 15 s; then some of them may have been written nevertheless.
   */
  write(topic: string, key: string, values: readonly string[]): Promise<void>
  /** Rejects when no broker answers. */
  check(): Promise<void>
  /** Gives up what is not written yet. */
  close(): void
}

interface WriterParts {
  options: BaseOptions
  topicPrefix: string
  logger: Pick<FastifyBaseLogger, 'debug'>
}

interface WaitingWrite {
  readonly messages: MessageToProduce[]
  readonly bytes: number
  readonly settled: PromiseWithResolvers<void>
}

/** An idempotent client tries without end, whatever its options say. */
const writeTimeoutMs = 15_000
const checkTimeoutMs = 1500
const reachTimeoutMs = 4000
/** Brokers refuse a batch of 1 MiB. One write has at most 256 KiB. */
const maxRequestBytes = 512 * 1024

/**
 * Creates a writer. Writes that wait while another one is under way go out together. After a failure the client is
 * replaced: the broker cannot tell which of its numbered batches are missing.
 */
export function createKafkaWriter({ options, topicPrefix, logger }: WriterParts): KafkaWriter {
  const waiting: WaitingWrite[] = []
  let producer: Producer | undefined
  let sending: Promise<void> | undefined
  let checking: Promise<void> | undefined
  /** Clients that a broker has answered. */
  const reached = new WeakSet<Producer>()
  let isClosed = false

  function openProducer(): Producer {
    if (isClosed) throw new Error('the connection to Kafka is closed')
    producer ??= new Producer({ ...options, idempotent: true, acks: -1, autocreateTopics: true })
    return producer
  }

  /** Rejects when no broker answers. An idempotent client would try to send without end instead. */
  async function reach(current: Producer, milliseconds: number): Promise<void> {
    const answered = current.metadata({ topics: [], forceUpdate: true, retries: 0 })
    await pTimeout(answered, { milliseconds, message: 'Kafka does not answer' })
    reached.add(current)
  }

  function dropProducer(dropped: Producer): void {
    if (producer === dropped) producer = undefined
    dropped.close(error => {
      if (error) logger.debug({ err: error }, 'kafka client not closed cleanly')
    })
  }

  /** Takes the writes that go out together: as many as fit into a request. */
  function takeWrites(): WaitingWrite[] {
    let bytes = 0
    const count = waiting.findIndex(({ bytes: more }, index) => (bytes += more) > maxRequestBytes && index > 0)
    return waiting.splice(0, count === -1 ? waiting.length : count)
  }

  async function sendWaiting(): Promise<void> {
    // Its caller first keeps the promise, which is removed at the end.
    await Promise.resolve()
    while (waiting.length > 0) {
      const writes = takeWrites()
      let current: Producer | undefined
      try {
        current = openProducer()
        if (!reached.has(current)) await reach(current, reachTimeoutMs)
        const sent = current.send({ messages: writes.flatMap(({ messages }) => messages) })
        await pTimeout(sent, { milliseconds: writeTimeoutMs, message: 'Kafka did not answer in time' })
        for (const { settled } of writes) settled.resolve()
      } catch (error) {
        if (current) dropProducer(current)
        for (const { settled } of writes) settled.reject(error)
      }
    }
    sending = undefined
  }

  return {
    async write(topic, key, values) {
      const keyBytes = Buffer.from(key)
      const messages = values.map(value => ({
        topic: `${topicPrefix}.${topic}`,
        key: keyBytes,
        value: Buffer.from(value)
      }))
      const bytes = messages.reduce((sum, { value }) => sum + value.length + keyBytes.length, 0)
      const write = { messages, bytes, settled: Promise.withResolvers<void>() }
      waiting.push(write)
      sending ??= sendWaiting()
      await write.settled.promise
    },

    async check() {
      const current = openProducer()
      checking ??= reach(current, checkTimeoutMs).finally(() => {
        checking = undefined
      })
      try {
        await checking
      } catch (error) {
        if (!sending) dropProducer(current)
        throw error
      }
    },

    close() {
      isClosed = true
      const gaveUp = new Error('the connection to Kafka was closed')
      for (const { settled } of waiting.splice(0)) settled.reject(gaveUp)
      if (producer) dropProducer(producer)
    }
  }
}
