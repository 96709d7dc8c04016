import type { FastifyBaseLogger } from 'fastify'
import pTimeout, { TimeoutError } from 'p-timeout'
import type { KafkaOptions } from './kafka-options.ts'
import type { KeyedValues, ProducerRequest } from './producer-messages.ts'
import { startProducerThread, type ProducerThread } from './producer-thread.ts'

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
  options: KafkaOptions
  topicPrefix: string
  logger: Pick<FastifyBaseLogger, 'warn'>
  /** The program of the thread; another one in tests. */
  workerFile?: URL
}

interface WaitingWrite {
  readonly write: KeyedValues
  readonly bytes: number
  readonly settled: PromiseWithResolvers<void>
}

/** An idempotent client tries to send without end, whatever its options say. Checks end sooner, in the thread. */
const requestTimeoutMs = 15_000
/** Brokers refuse a batch of 1 MiB. One write has at most 256 KiB. */
const maxRequestBytes = 512 * 1024

/**
 * Creates a writer. Its client runs in a thread, which is replaced when an error ends it or it does not answer in time.
 * Writes that wait while another one is under way go out together.
 */
export function createKafkaWriter(parts: WriterParts): KafkaWriter {
  const { options, topicPrefix, logger, workerFile = new URL('./producer-worker.ts', import.meta.url) } = parts
  const waiting: WaitingWrite[] = []
  let thread: ProducerThread | undefined
  let sending: Promise<void> | undefined
  let checking: Promise<void> | undefined
  let isClosed = false

  function openThread(): ProducerThread {
    if (isClosed) throw new Error('the connection to Kafka is closed')
    thread ??= startProducerThread({
      workerFile,
      input: { options },
      onFailed(error) {
        thread = undefined
        logger.warn({ err: error }, 'kafka client failed, the next request starts another one')
      }
    })
    return thread
  }

  function endThread(ended: ProducerThread, reason: Error): void {
    if (thread === ended) thread = undefined
    ended.end(reason)
  }

  async function request(sent: ProducerRequest): Promise<void> {
    const current = openThread()
    const answered = current.request(sent)
    try {
      await pTimeout(answered, { milliseconds: requestTimeoutMs, message: 'Kafka did not answer in time' })
    } catch (error) {
      // To end a thread that is still loading would never let one load on a machine that is busy for long.
      if (error instanceof TimeoutError && current.isReady()) endThread(current, error)
      throw error
    }
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
      try {
        await request({ type: 'send', writes: writes.map(({ write }) => write) })
        for (const { settled } of writes) settled.resolve()
      } catch (error) {
        for (const { settled } of writes) settled.reject(error)
      }
    }
    sending = undefined
  }

  // The thread loads the client while the server starts.
  openThread()

  return {
    async write(topic, key, values) {
      const write = { topic: `${topicPrefix}.${topic}`, key, values }
      const keyBytes = Buffer.byteLength(key)
      const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value) + keyBytes, 0)
      const settled = Promise.withResolvers<void>()
      waiting.push({ write, bytes, settled })
      sending ??= sendWaiting()
      await settled.promise
    },

    async check() {
      checking ??= request({ type: 'check' }).finally(() => {
        checking = undefined
      })
      await checking
    },

    close() {
      isClosed = true
      const gaveUp = new Error('the connection to Kafka was closed')
      for (const { settled } of waiting.splice(0)) settled.reject(gaveUp)
      if (thread) endThread(thread, gaveUp)
    }
  }
}
