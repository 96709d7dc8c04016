import type { FastifyBaseLogger } from 'fastify'
import pRetry from 'p-retry'
import type { Mention } from '../../../contract/comments.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { storeUnavailable } from '../documents/store-errors.ts'
import type { CommentTable } from './comment-records.ts'
import type { CommentDocument, CommentKey } from './document.ts'
import { withStoreTimeout } from './with-store-timeout.ts'

const maxRetryDelayMs = 5_000
const maxGroupSize = 500
/** The time that the queue of a show without new comments is kept. */
const queueIdleMs = 3_600_000

/** A comment to store. Exactly one of the two callbacks is called, once. */
export interface CommentDraft extends CommentKey {
  readonly text: string
  readonly replyTo?: string | undefined
  readonly mentions?: readonly Mention[]
  /** Called when the comment is stored, before it is sent to anyone. Keeps the order of a show's comments. */
  onStored(comment: CommentDocument): void
  /** Called when the comment is not stored and will not be: the store is unavailable, or has this comment already. */
  onDropped(): void
}

/** Stores the comments of each show one group after the other. Comments that arrive meanwhile form the next group. */
export interface CommentWriter {
  /**
   * Returns the stored comment: this one, or the earlier one with the same key. Throws UNAVAILABLE; the caller may try
   * again with the same key.
   */
  write(draft: CommentDraft): Promise<CommentDocument>
  /** Returns the pending result for a comment that is being stored; undefined when there is none. */
  findPending(key: CommentKey): Promise<CommentDocument> | undefined
  /** Tries once more to store the current groups, and drops the comments behind them. */
  close(): Promise<void>
}

interface Entry {
  readonly draft: CommentDraft
  readonly result: PromiseWithResolvers<CommentDocument>
}

interface ShowQueue {
  readonly showId: string
  /** Comments that were not sent to the store yet. Only the store knows what became of the others. */
  readonly waiting: Entry[]
  running: Promise<void> | null
  newestMs: number | null
  usedAtMs: number
}

export interface CommentWriterParts {
  table: CommentTable
  logger: FastifyBaseLogger
  nowMs: () => number
  /** Delay before the first retry. Each further delay is twice as long, up to a maximum. */
  firstRetryMs?: number
  /** The time that `write` waits for the store; the default of `withStoreTimeout` when absent. */
  storeTimeoutMs?: number
}

export function createCommentWriter({
  table,
  logger,
  nowMs,
  firstRetryMs = 100,
  storeTimeoutMs
}: CommentWriterParts): CommentWriter {
  const queues = new Map<string, ShowQueue>()
  const entries = new Map<string, Entry>()
  const closing = new AbortController()
  const nameOf = ({ showId, authorId, clientId }: CommentKey) => `${showId} ${authorId} ${clientId}`

  function queueOf(showId: string): ShowQueue {
    const queue = queues.get(showId) ?? { showId, waiting: [], running: null, newestMs: null, usedAtMs: 0 }
    if (!queues.has(showId)) removeIdleQueues()
    queues.set(showId, queue)
    queue.usedAtMs = nowMs()
    return queue
  }

  function removeIdleQueues(): void {
    for (const { showId, running, usedAtMs } of queues.values()) {
      if (!running && usedAtMs < nowMs() - queueIdleMs) queues.delete(showId)
    }
  }

  async function drain(queue: ShowQueue): Promise<void> {
    while (queue.waiting.length > 0) {
      try {
        const newestMs = (queue.newestMs ??= await persist(async () => await table.newestMs(queue.showId)))
        const group = queue.waiting.splice(0, maxGroupSize)
        if (group.length > 0) queue.newestMs = await store(group, newestMs)
      } catch (error) {
        logger.warn({ err: error, showId: queue.showId }, 'comments dropped')
        for (const entry of queue.waiting.splice(0)) drop(entry)
      }
    }
    queue.running = null
  }

  /** Stores a group. Returns the time of its last comment. */
  async function store(group: readonly Entry[], newestMs: number): Promise<number> {
    let lastMs = newestMs
    const documents = group.map(
      ({ draft: { showId, authorId, clientId, text, replyTo, mentions } }): CommentDocument => {
        lastMs = Math.max(nowMs(), lastMs + 1)
        return {
          _id: opaqueId(),
          showId,
          authorId,
          clientId,
          text,
          ...(replyTo !== undefined && { replyTo }),
          ...(mentions?.length && { mentions }),
          createdAt: new Date(lastMs),
          deletedAt: null
        }
      }
    )
    try {
      const earlier = await persist(async () => await table.insert(documents))
      for (const [index, document] of documents.entries()) settle(group[index], document, earlier.get(document._id))
    } catch (error) {
      for (const entry of group) drop(entry)
      throw error
    }
    return lastMs
  }

  /** Repeats a task until it succeeds. While closing, tries it once more and throws when that fails. */
  async function persist<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await pRetry(task, {
        retries: Infinity,
        minTimeout: firstRetryMs,
        maxTimeout: maxRetryDelayMs,
        signal: closing.signal,
        onFailedAttempt: ({ error }) => logger.warn({ err: error }, 'storing comments failed, retrying')
      })
    } catch (error) {
      if (!closing.signal.aborted) throw error
      return await task()
    }
  }

  function settle(entry: Entry | undefined, written: CommentDocument, earlier: CommentDocument | undefined): void {
    if (!entry) return
    entries.delete(nameOf(entry.draft))
    entry.result.resolve(earlier ?? written)
    if (earlier) entry.draft.onDropped()
    else entry.draft.onStored(written)
  }

  function drop(entry: Entry): void {
    entries.delete(nameOf(entry.draft))
    entry.result.reject(storeUnavailable())
    entry.draft.onDropped()
  }

  /** Returns the result of an entry. After the timeout, drops the entry if it was not sent to the store yet. */
  async function resultOf(entry: Entry): Promise<CommentDocument> {
    try {
      return await withStoreTimeout(entry.result.promise, storeTimeoutMs)
    } catch (error) {
      const { waiting } = queueOf(entry.draft.showId)
      const position = waiting.indexOf(entry)
      if (position >= 0) waiting.splice(position, 1).forEach(drop)
      throw error
    }
  }

  return {
    async write(draft) {
      const pending = entries.get(nameOf(draft))
      if (pending) draft.onDropped()
      if (pending) return await resultOf(pending)
      const entry: Entry = { draft, result: Promise.withResolvers() }
      entry.result.promise.catch(() => {})
      entries.set(nameOf(draft), entry)
      const queue = queueOf(draft.showId)
      queue.waiting.push(entry)
      queue.running ??= drain(queue)
      return await resultOf(entry)
    },
    findPending(key) {
      const entry = entries.get(nameOf(key))
      return entry && resultOf(entry)
    },
    async close() {
      closing.abort()
      await Promise.all([...queues.values()].map(({ running }) => running))
    }
  }
}
