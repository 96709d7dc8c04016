/**
 * The thread of the client that writes to Kafka. The client can throw out of its socket handler, where nobody catches
 * the error: it ends this thread, and not the server.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { compatibilityPartitioner, Producer } from '@platformatic/kafka'
import pTimeout from 'p-timeout'
import {
  plainError,
  type KeyedValues,
  type NumberedRequest,
  type ProducerAnswer,
  type ProducerInput,
  type ProducerNotice,
  type ProducerRequest
} from './producer-messages.ts'

const checkTimeoutMs = 1500
const reachTimeoutMs = 4000

const { options }: ProducerInput = workerData
let producer: Producer | undefined
/** Clients that a broker has answered. */
const reached = new WeakSet<Producer>()
let isSending = false

function openProducer(): Producer {
  producer ??= new Producer({
    ...options,
    idempotent: true,
    acks: -1,
    autocreateTopics: true,
    // The default of this client agrees with that of Kafka's own clients only where partitions are a power of two.
    partitioner: compatibilityPartitioner
  })
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
  dropped.close(() => {})
}

/** Sends values. After a failure the client is replaced: the broker cannot tell which numbered batches are missing. */
async function send(writes: readonly KeyedValues[]): Promise<void> {
  const current = openProducer()
  isSending = true
  try {
    if (!reached.has(current)) await reach(current, reachTimeoutMs)
    const messages = writes.flatMap(({ topic, key, values }) => {
      const keyBytes = Buffer.from(key)
      return values.map(value => ({ topic, key: keyBytes, value: Buffer.from(value) }))
    })
    await current.send({ messages })
  } catch (error) {
    dropProducer(current)
    throw error
  } finally {
    isSending = false
  }
}

async function check(): Promise<void> {
  const current = openProducer()
  try {
    await reach(current, checkTimeoutMs)
  } catch (error) {
    if (!isSending) dropProducer(current)
    throw error
  }
}

async function answer({ id, request }: NumberedRequest): Promise<ProducerAnswer> {
  try {
    await perform(request)
    return { id }
  } catch (error) {
    return { id, error: plainError(error) }
  }
}

async function perform(request: ProducerRequest): Promise<void> {
  if (request.type === 'send') await send(request.writes)
  else await check()
}

parentPort?.postMessage('ready' satisfies ProducerNotice)
parentPort?.on('message', async (message: NumberedRequest) => {
  parentPort?.postMessage(await answer(message))
})
