import type { FastifyBaseLogger } from 'fastify'
import { sequenceStreams, type SequenceStream } from '../../../contract/event-sequence.ts'
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
}

/** The sink of a server without Kafka: folds the event sequence into the totals. */
export interface Feeder extends EventSink {
  /** Builds totals that are new or were emptied, now and whenever it happens. */
  start(): void
  /** Waits for what is being built. */
  close(): Promise<void>
}

/** Records that are folded at once. */
const batchSize = 500
/** Emptied totals are noticed within this time. */
const checkIntervalMs = 2000

export function createFeeder({ totals, read, listShowIds, logger, nowMs = Date.now }: FeederParts): Feeder {
  const closing = new AbortController()
  let checking: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isFailing = false

  /** Folds the stored records of a stream behind a place, up to the last one. */
  async function catchUp(showId: string, stream: SequenceStream, afterSeq: number, onBatch = async () => {}) {
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

  async function rebuild(): Promise<void> {
    const today = dayOf(nowMs()) * dayMs
    const showIds = await listShowIds(today)
    for (const showId of showIds) {
      for (const stream of sequenceStreams) await catchUp(showId, stream, 0, totals.renewRebuild)
    }
    await totals.finishRebuild()
    logger.debug({ shows: showIds.length }, 'totals rebuilt')
  }

  async function check(): Promise<void> {
    try {
      if (await totals.claimRebuild()) await rebuild()
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
      const { gaps } = await totals.fold(first.showId, records, 'stop')
      for (const { stream, afterSeq } of gaps) await catchUp(first.showId, stream, afterSeq)
    },
    start: schedule,
    async close() {
      closing.abort()
      clearTimeout(timer)
      await checking
    }
  }
}
