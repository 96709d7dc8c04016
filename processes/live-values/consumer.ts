import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, type BaseOptions, type MessagesStream } from '@platformatic/kafka'
import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import { openEpoch, type TotalsEpoch } from '../../plugins/app/event-totals/redis-epoch.ts'
import { TotalsEmptied } from '../../plugins/app/event-totals/totals.ts'
import type { FoldBatch, ReadMessage } from './batch.ts'
import type { Meter } from './meter.ts'

export interface LiveValuesParts {
  kafka: BaseOptions
  /** Consumers with the same group share the partitions of the topics. */
  groupId: string
  topics: readonly string[]
  redis: Redis
  foldBatch: FoldBatch
  meter: Pick<Meter, 'beganReading' | 'known'>
  logger: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  nowMs: () => number
}

/** A consumer of the event sequence, which goes on after every failure until it is closed. */
export interface LiveValues {
  /** Returns why nothing is folded; empty while messages are read and folded. */
  reasons(): string[]
  /** Returns the number of messages in the partitions of this consumer that are not folded; undefined: not known. */
  readLag(): Promise<number | undefined>
  /** Finishes the batch in progress and leaves the group. */
  close(): Promise<void>
}

const maxBatch = 500
/** Messages that wait in memory, besides those of one answer of a broker. */
const maxWaiting = 1000
const maxFetchBytes = 512 * 1024
/** Another consumer gets the partitions of a lost one after this time, ms. */
const sessionTimeoutMs = 6000
const heartbeatMs = 1000
/** Emptied totals are noticed within this time, also without new messages. */
const checkIntervalMs = 2000
const retries = 3
const retryDelayMs = 250
/** Longer than a group waits for its members. */
const joinTimeoutMs = 30_000
const redisRetryMs = 500
const minBackoffMs = 250
const maxBackoffMs = 5000
const closeTimeoutMs = 3000

const placeOf = (topic: string, partition: number) => `${topic}:${partition}`

export function startLiveValues(parts: LiveValuesParts): LiveValues {
  const { kafka, groupId, topics, redis, foldBatch, meter, logger, nowMs } = parts
  const closing = new AbortController()
  const { signal } = closing
  let current: Reading | undefined
  let isRedisAway = false
  let failures = 0
  const running = run()

  interface Reading {
    readonly consumer: Consumer<Buffer, Buffer, Buffer, Buffer>
    readonly stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>
    /** Offsets behind the last folded messages. */
    readonly folded: Map<string, bigint>
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await readUntilLost()
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof TotalsEmptied) {
          logger.info('redis was emptied, totals are rebuilt from the topics')
          continue
        }
        report(error)
      }
      const delayMs = Math.min(minBackoffMs * 2 ** failures, maxBackoffMs)
      failures += 1
      await sleep(delayMs, undefined, { signal }).catch(() => {})
    }
  }

  /** Logs the first of several failures. */
  function report(error: unknown): void {
    if (failures === 0) logger.warn({ err: error }, 'reading from kafka failed, trying again')
  }

  /**
   * Reads from where this Redis has folded to. The client ends a stream for good after some retries, and the totals may
   * be emptied: then the next call begins with a new stream.
   */
  async function readUntilLost(): Promise<void> {
    const epoch = await openEpoch(redis, nowMs)
    const offsets = await epoch.readOffsets()
    const consumer = new Consumer({
      ...kafka,
      // A group changes its members while requests are under way.
      retries,
      retryDelay: retryDelayMs,
      autocreateTopics: true,
      groupId,
      autocommit: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatMs,
      rebalanceTimeout: sessionTimeoutMs,
      highWaterMark: maxWaiting,
      maxBytes: maxFetchBytes
    })
    // Errors also end the stream or reject a promise.
    consumer.on('error', () => {})
    let checks: NodeJS.Timeout | undefined
    try {
      const joined = consumer.consume({
        topics: [...topics],
        mode: 'manual',
        fallbackMode: 'earliest',
        offsets: topics.flatMap(topic =>
          [...offsets].flatMap(([place, offset]) => {
            const [name, partition] = partsOf(place)
            return name === topic ? [{ topic, partition, offset }] : []
          })
        )
      })
      const stream = await pTimeout(joined, { milliseconds: joinTimeoutMs, signal })
      checks = setInterval(() => {
        epoch.check().catch((error: unknown) => {
          if (error instanceof TotalsEmptied) stream.destroy(error)
        })
      }, checkIntervalMs)
      current = { consumer, stream, folded: new Map() }
      signal.throwIfAborted()
      meter.beganReading()
      await foldStream(epoch, current)
    } finally {
      clearInterval(checks)
      current = undefined
      await close(consumer)
    }
  }

  async function foldStream(epoch: TotalsEpoch, { consumer, stream, folded }: Reading): Promise<void> {
    // A partition that comes from another consumer is read from where this stream would have begun it. What that
    // consumer has folded since then is left out: cursors of ended shows may be forgotten.
    let known: Promise<ReadonlyMap<string, bigint>> = Promise.resolve(new Map())
    consumer.on('consumer:group:join', () => {
      known = epoch.readOffsets()
      known.catch((error: Error) => stream.destroy(error))
    })
    let batch: ReadMessage[] = []
    for await (const message of stream) {
      batch.push(message)
      if (batch.length < maxBatch && stream.readableLength > 0) continue
      const behind = await known
      const isNew = ({ topic, partition, offset }: ReadMessage) =>
        offset >= (behind.get(placeOf(topic, partition)) ?? 0n)
      const news = batch.filter(isNew)
      meter.known(batch.length - news.length)
      await foldUntilDone(epoch, news)
      for (const { topic, partition, offset } of batch) folded.set(placeOf(topic, partition), offset + 1n)
      batch = []
      failures = 0
      signal.throwIfAborted()
    }
  }

  /** Folds a batch. While Redis is away, tries again: nothing may be left out. */
  async function foldUntilDone(epoch: TotalsEpoch, batch: readonly ReadMessage[]): Promise<void> {
    for (;;) {
      try {
        await foldBatch(epoch, batch)
        isRedisAway = false
        return
      } catch (error) {
        if (error instanceof TotalsEmptied || signal.aborted) throw error
        if (!isRedisAway) logger.warn({ err: error }, 'folding failed, trying again')
        isRedisAway = true
      }
      await sleep(redisRetryMs, undefined, { signal })
    }
  }

  async function close(consumer: Reading['consumer']): Promise<void> {
    try {
      await pTimeout(consumer.close(true), { milliseconds: closeTimeoutMs })
    } catch {
      // Its connections are lost anyway, and the group forgets it after the session timeout.
    }
  }

  return {
    reasons: () => [...(current ? [] : ['kafka']), ...(isRedisAway ? ['redis'] : [])],
    async readLag() {
      if (!current) return undefined
      const { consumer, stream, folded } = current
      const assigned = consumer.assignments ?? []
      if (assigned.length === 0) return 0
      const ends = await consumer
        .listOffsets({
          topics: assigned.map(({ topic }) => topic),
          partitions: Object.fromEntries(assigned.map(({ topic, partitions }) => [topic, partitions])),
          timestamp: -1n
        })
        .catch(() => undefined)
      if (!ends) return undefined
      let lag = 0n
      for (const { topic, partitions } of assigned) {
        for (const partition of partitions) {
          const place = placeOf(topic, partition)
          const end = ends.get(topic)?.[partition] ?? 0n
          const behind = end - (folded.get(place) ?? stream.offsetsToFetch.get(place) ?? end)
          if (behind > 0n) lag += behind
        }
      }
      return Number(lag)
    },
    async close() {
      closing.abort()
      current?.stream.destroy()
      await running
    }
  }
}

function partsOf(place: string): [topic: string, partition: number] {
  const split = place.lastIndexOf(':')
  return [place.slice(0, split), Number(place.slice(split + 1))]
}
