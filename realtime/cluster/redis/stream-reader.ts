import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import type { Unsubscribe } from '../bus.ts'
import type { Drop, DroppedFrom } from './dropped.ts'
import { decodeEntry, type Entry } from './entries.ts'
import { removeForeignScript } from './scripts.ts'
import { firstId, isAfter } from './stream-ids.ts'

/** Reads all streams of this node over one connection, which waits for entries. */
export interface StreamReader {
  /** Calls the handler with each entry behind `after`, in order and once. */
  add(key: string, from: DroppedFrom, after: string, handler: (entry: Entry) => void): Unsubscribe
  close(): void
}

export interface StreamReaderParts {
  /** A connection of its own. */
  redis: Redis
  drop: Drop
  logger: Pick<FastifyBaseLogger, 'error'>
  /** Makes a read that waits return, so that the next one includes a new stream. */
  wake(): void
}

interface Followed {
  readonly from: DroppedFrom
  last: string
  readonly handlers: Map<(entry: Entry) => void, string>
}

type Reply = [key: string, entries: [id: string, fields: string[]][]][]

/** A read waits this long for entries, and is given up when it is not answered some time later, ms. */
const blockMs = 1000
const answerMs = 2000
const maxEntriesPerRead = 500
const retryDelayMs = 100

export function createStreamReader({ redis, drop, logger, wake }: StreamReaderParts): StreamReader {
  const streams = new Map<string, Followed>()
  const closing = new AbortController()
  const { signal } = closing
  let isAligned = true
  let resume = Promise.withResolvers<void>()

  redis.on('close', () => {
    isAligned = false
  })
  redis.on('ready', () => resume.resolve())

  /** Resolves when there is something to read, and a connection to read over. */
  async function untilReadable(): Promise<void> {
    while (!signal.aborted && (streams.size === 0 || redis.status !== 'ready')) {
      resume = Promise.withResolvers()
      await resume.promise
    }
  }

  async function read(): Promise<Reply | null> {
    const names = [...streams.keys()]
    const positions = [...streams.values()].map(({ last }) => last)
    const reply = redis.xread('COUNT', maxEntriesPerRead, 'BLOCK', blockMs, 'STREAMS', ...names, ...positions)
    return await orLost(redis, reply, answerMs)
  }

  /**
   * Corrects positions after a lost connection. A server that lost its data numbers entries anew, possibly by a clock
   * that is behind.
   */
  async function align(): Promise<void> {
    const followed = [...streams]
    const pipeline = redis.pipeline()
    for (const [key] of followed) pipeline.xrevrange(key, '+', '-', 'COUNT', 1)
    const replies = (await orLost(redis, pipeline.exec(), answerMs)) ?? []
    followed.forEach(([, stream], i) => {
      const [error, entries] = replies[i] ?? []
      if (error) return
      const newest = newestId(entries)
      if (!isAfter(stream.last, newest)) return
      stream.last = newest
      for (const handler of stream.handlers.keys()) stream.handlers.set(handler, newest)
    })
    isAligned = true
  }

  function deliver(reply: Reply): void {
    for (const [key, entries] of reply) {
      const stream = streams.get(key)
      if (!stream) continue
      for (const [id, fields] of entries) {
        // The stream may have been left and followed again meanwhile.
        if (!isAfter(id, stream.last)) continue
        stream.last = id
        const entry = decodeEntry(fields)
        if (typeof entry === 'string') drop(stream.from, entry)
        else if (entry) handOver(stream, id, entry)
      }
    }
  }

  function handOver({ handlers }: Followed, id: string, entry: Entry): void {
    for (const [handler, after] of [...handlers]) {
      if (!isAfter(id, after) || !handlers.has(handler)) continue
      try {
        handler(entry)
      } catch (err) {
        logger.error({ err }, 'handler of a message between nodes failed')
      }
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await untilReadable()
      if (signal.aborted) return
      try {
        if (!isAligned) await align()
        deliver((await read()) ?? [])
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof Error && error.message.startsWith('WRONGTYPE')) await removeForeign()
        else await new Promise(resolve => setTimeout(resolve, retryDelayMs))
      }
    }
  }

  async function removeForeign(): Promise<void> {
    const names = [...streams.keys()]
    const removed = await redis.eval(removeForeignScript, names.length, ...names).catch(() => 0)
    for (let i = 0; i < Number(removed); i++) drop('show', 'a key that is no stream')
  }

  run().catch((err: unknown) => logger.error({ err }, 'reading from redis ended'))

  return {
    add(key, from, after, handler) {
      const existing = streams.get(key)
      const stream = existing ?? { from, last: after, handlers: new Map() }
      stream.handlers.set(handler, after)
      streams.set(key, stream)
      if (!existing) wake()
      resume.resolve()
      return () => {
        stream.handlers.delete(handler)
        if (stream.handlers.size === 0 && streams.get(key) === stream) streams.delete(key)
      }
    },
    close() {
      closing.abort()
      resume.resolve()
    }
  }
}

function newestId(entries: unknown): string {
  const [newest]: unknown[] = Array.isArray(entries) ? entries : []
  const [id]: unknown[] = Array.isArray(newest) ? newest : []
  return typeof id === 'string' ? id : firstId
}

/**
 * Waits for an answer. Rejects as soon as the connection is lost, because the client then lets the command time out,
 * and reconnects when there is no answer in time.
 */
async function orLost<T>(redis: Redis, answer: Promise<T>, timeoutMs: number): Promise<T> {
  const lost = Promise.withResolvers<never>()
  const onClose = () => lost.reject(new Error('connection lost'))
  redis.once('close', onClose)
  const timer = setTimeout(() => {
    if (redis.status === 'ready') redis.disconnect(true)
    lost.reject(new Error('no answer'))
  }, timeoutMs)
  try {
    return await Promise.race([answer, lost.promise])
  } finally {
    clearTimeout(timer)
    redis.off('close', onClose)
  }
}
