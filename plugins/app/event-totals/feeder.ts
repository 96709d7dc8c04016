import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { sequenceStreams } from '../../../contract/event-sequence.ts'
import type { EventSink } from '../event-sequence/event-sink.ts'
import type { SequenceReader } from '../event-sequence/sequence-reader.ts'
import type { SequenceRecord } from '../event-sequence/sequence-record.ts'
import { dayMs, dayOf, TotalsEmptied, type TotalsStore } from './totals.ts'

export interface FeederParts {
  totals: TotalsStore
  read: SequenceReader['read']
  /** Returns the ids of the shows that are live, and of those that ended at this time, ms since the epoch, or later. */
  listShowIds(sinceMs: number): Promise<string[]>
  logger: Pick<FastifyBaseLogger, 'debug' | 'warn'>
  nowMs?: () => number
  buildDelayMs?: number
}

/** The sink of a server without Kafka: folds the event sequence into the totals. */
export interface Feeder extends EventSink {
  /** Builds totals that are new or were emptied, now and whenever it happens. */
  start(): void
  /** Waits for what is being built. */
  close(): Promise<void>
}

type StreamOfShow = Pick<SequenceRecord, 'showId' | 'stream'>

const keyOf = ({ showId, stream }: StreamOfShow) => `${showId}:${stream}`

/** Records that are folded at once. */
const batchSize = 500
/** While totals are built, four fifths of the time belong to shows: the same thread and store restore and join them. */
const pausePerWork = 4
const maxPauseMs = 250
/** Totals are built this long after a start: shows are restored first. */
const defaultBuildDelayMs = 3000
/** Emptied totals are noticed within this time. */
const checkIntervalMs = 2000

export function createFeeder(parts: FeederParts): Feeder {
  const { totals, read, listShowIds, logger, nowMs = Date.now, buildDelayMs = defaultBuildDelayMs } = parts
  const closing = new AbortController()
  let checking: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isFailing = false

  /** The first record of each stream that was delivered while the totals were built. */
  const waiting = new Map<string, SequenceRecord>()
  let isBuilding = false

  /** Folds the stored records of a stream behind a place, up to the last one. */
  async function catchUp({ showId, stream }: StreamOfShow, afterSeq: number, onBatch = async () => {}) {
    let readSeq = afterSeq
    let batch: SequenceRecord[] = []
    for await (const record of read(showId, stream, afterSeq)) {
      batch.push(record)
      if (batch.length === batchSize) await foldBatch()
    }
    await foldBatch()

    async function foldBatch(): Promise<void> {
      closing.signal.throwIfAborted()
      const last = batch.at(-1)
      if (!last) return
      const [gap] = (await totals.fold(showId, batch, 'stop')).gaps
      // Either the totals were emptied after they were read, or the stored records have a hole.
      if (gap && gap.afterSeq < readSeq) throw new TotalsEmptied()
      if (gap) await totals.fold(showId, batch, 'skip')
      readSeq = last.seq
      batch = []
      await onBatch()
    }
  }

  /** Reads a stream from its beginning, slowly. */
  async function build(entry: StreamOfShow): Promise<void> {
    let startedMs = performance.now()
    await catchUp(entry, 0, async () => {
      await totals.renewRebuild()
      const pauseMs = Math.min(maxPauseMs, (performance.now() - startedMs) * pausePerWork)
      await sleep(pauseMs, undefined, { signal: closing.signal })
      startedMs = performance.now()
    })
  }

  async function rebuild(): Promise<void> {
    isBuilding = true
    const today = dayOf(nowMs()) * dayMs
    const showIds = await listShowIds(today)
    for (const showId of showIds) for (const stream of sequenceStreams) await build({ showId, stream })
    await totals.finishRebuild()
    logger.debug({ shows: showIds.length }, 'totals rebuilt')
  }

  /** Folds what was delivered while the totals were built. From then on, deliveries are folded at once. */
  async function foldWaiting(): Promise<void> {
    for (let [next] = waiting; next; [next] = waiting) {
      const [key, first] = next
      waiting.delete(key)
      try {
        const [gap] = (await totals.fold(first.showId, [first], 'stop')).gaps
        await catchUp(first, gap?.afterSeq ?? first.seq)
      } catch (error) {
        waiting.set(key, first)
        throw error
      }
    }
    isBuilding = false
  }

  async function check(): Promise<void> {
    try {
      if (await totals.claimRebuild()) await rebuild()
      if (isBuilding) await foldWaiting()
      isFailing = false
    } catch (error) {
      if (closing.signal.aborted || error instanceof TotalsEmptied || isFailing) return
      isFailing = true
      logger.warn({ err: error }, 'totals unavailable')
    }
  }

  function schedule(): void {
    checking = check().then(() => {
      if (!closing.signal.aborted) timer = setTimeout(schedule, checkIntervalMs).unref()
    })
  }

  return {
    async deliver(records) {
      const [first] = records
      if (!first) return
      const { showId } = first
      // They are stored, so building the totals may read them, or not any more.
      if (isBuilding) {
        const key = keyOf(first)
        if (!waiting.has(key)) waiting.set(key, first)
        return
      }
      const { gaps } = await totals.fold(showId, records, 'stop')
      for (const { stream, afterSeq } of gaps) await catchUp({ showId, stream }, afterSeq)
    },
    start() {
      isBuilding = true
      timer = setTimeout(schedule, buildDelayMs).unref()
    },
    async close() {
      closing.abort()
      clearTimeout(timer)
      await checking
    }
  }
}
