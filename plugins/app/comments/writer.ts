import type { FastifyBaseLogger } from 'fastify'
import { setTimeout as pause } from 'node:timers/promises'
import { opaqueId } from '../documents/opaque-id.ts'
import type { CommentDocument, CommentKey } from './document.ts'
import { away, inPatience } from './store-timeout.ts'
import type { CommentTable } from './comment-records.ts'

const longestRetryMs = 5_000
const mostAtOnce = 500
/** A show in which nobody has commented for so long is forgotten. */
const quietMs = 3_600_000

/** A comment that is to be stored. One of the two callbacks is called, once, however long that takes. */
export interface Draft extends CommentKey {
  readonly text: string
  /** It is in the store: the first anybody hears of it. Called in the order of a show's comments. */
  onStored(comment: CommentDocument): void
  /** It is not stored and will not be: the store is away, or has had it before. */
  onDropped(): void
}

/** The way of comments to the store: those of a show one group after the other, and what arrives meanwhile goes together. */
export interface CommentWriter {
  /** The comment as it is stored: this one, or the one it repeats. Throws UNAVAILABLE; trying again with the same key is right. */
  write(draft: Draft): Promise<CommentDocument>
  /** The same, for one that is on its way already. */
  underWay(key: CommentKey): Promise<CommentDocument> | undefined
  /** What is being written gets one more try, what waits is dropped. */
  close(): Promise<void>
}

interface Entry {
  readonly draft: Draft
  readonly fate: PromiseWithResolvers<CommentDocument>
}

interface Line {
  readonly showId: string
  /** Those the store was not asked to take yet; of any other, only the store can say what became of it. */
  readonly waiting: Entry[]
  running: Promise<void> | null
  newestMs: number | null
  usedAtMs: number
}

export interface CommentWriterParts {
  table: CommentTable
  logger: FastifyBaseLogger
  nowMs: () => number
  /** How soon the store is tried again; the times after that are longer. */
  firstRetryMs?: number
  /** How long a writer waits for an answer, unless it is as long as for everything else. */
  patienceMs?: number
}

export function createCommentWriter({
  table,
  logger,
  nowMs,
  firstRetryMs = 100,
  patienceMs
}: CommentWriterParts): CommentWriter {
  const lines = new Map<string, Line>()
  const entries = new Map<string, Entry>()
  const closing = new AbortController()
  const nameOf = ({ showId, authorId, clientId }: CommentKey) => `${showId} ${authorId} ${clientId}`

  function lineOf(showId: string): Line {
    const line = lines.get(showId) ?? { showId, waiting: [], running: null, newestMs: null, usedAtMs: 0 }
    if (!lines.has(showId)) forgetQuiet()
    lines.set(showId, line)
    line.usedAtMs = nowMs()
    return line
  }

  function forgetQuiet(): void {
    for (const { showId, running, usedAtMs } of lines.values()) {
      if (!running && usedAtMs < nowMs() - quietMs) lines.delete(showId)
    }
  }

  async function drain(line: Line): Promise<void> {
    while (line.waiting.length > 0) {
      try {
        const newestMs = (line.newestMs ??= await persist(async () => await table.newestMs(line.showId)))
        const group = line.waiting.splice(0, mostAtOnce)
        if (group.length > 0) line.newestMs = await store(group, newestMs)
      } catch {
        // Closing: nobody is left to write for.
        for (const entry of line.waiting.splice(0)) drop(entry)
      }
    }
    line.running = null
  }

  /** Resolves with the time of the last one. */
  async function store(group: readonly Entry[], newestMs: number): Promise<number> {
    let lastMs = newestMs
    const documents = group.map(({ draft: { showId, authorId, clientId, text } }): CommentDocument => {
      lastMs = Math.max(nowMs(), lastMs + 1)
      return { _id: opaqueId(), showId, authorId, clientId, text, createdAt: new Date(lastMs), deletedAt: null }
    })
    try {
      const earlier = await persist(async () => await table.insert(documents))
      for (const [index, document] of documents.entries()) settle(group[index], document, earlier.get(document._id))
    } catch (error) {
      for (const entry of group) drop(entry)
      throw error
    }
    return lastMs
  }

  /** Tries until it succeeds; throws only when closing. */
  async function persist<T>(task: () => Promise<T>): Promise<T> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      try {
        return await task()
      } catch (error) {
        logger.warn({ err: error }, 'the store did not take comments; trying again')
        if (closing.signal.aborted) throw error
        await pause(waitMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  function settle(entry: Entry | undefined, written: CommentDocument, earlier: CommentDocument | undefined): void {
    if (!entry) return
    entries.delete(nameOf(entry.draft))
    entry.fate.resolve(earlier ?? written)
    if (earlier) entry.draft.onDropped()
    else entry.draft.onStored(written)
  }

  function drop(entry: Entry): void {
    entries.delete(nameOf(entry.draft))
    entry.fate.reject(away())
    entry.draft.onDropped()
  }

  /** Who has waited long enough is told so; what the store was never asked to take is then not going to be taken. */
  async function answer(entry: Entry): Promise<CommentDocument> {
    try {
      return await inPatience(entry.fate.promise, patienceMs)
    } catch (error) {
      const { waiting } = lineOf(entry.draft.showId)
      const place = waiting.indexOf(entry)
      if (place >= 0) waiting.splice(place, 1).forEach(drop)
      throw error
    }
  }

  return {
    async write(draft) {
      const already = entries.get(nameOf(draft))
      if (already) draft.onDropped()
      if (already) return await answer(already)
      const entry: Entry = { draft, fate: Promise.withResolvers() }
      entry.fate.promise.catch(() => {})
      entries.set(nameOf(draft), entry)
      const line = lineOf(draft.showId)
      line.waiting.push(entry)
      line.running ??= drain(line)
      return await answer(entry)
    },
    underWay(key) {
      const entry = entries.get(nameOf(key))
      return entry && answer(entry)
    },
    async close() {
      closing.abort()
      await Promise.all([...lines.values()].map(({ running }) => running))
    }
  }
}
