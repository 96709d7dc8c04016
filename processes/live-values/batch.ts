import type { FastifyBaseLogger } from 'fastify'
import type { SequenceStream } from '../../contract/event-sequence.ts'
import { decodeMessage } from '../../plugins/app/event-sequence/message-codec.ts'
import type { SequenceRecord } from '../../plugins/app/event-sequence/sequence-record.ts'
import type { TotalsEpoch } from '../../plugins/app/event-totals/redis-epoch.ts'
import type { Meter } from './meter.ts'

/** The fields of a message of Kafka that a consumer reads. */
export interface ReadMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly value: Buffer | undefined
}

export interface BatchParts {
  /** Streams by their topics. */
  streamOf: ReadonlyMap<string, SequenceStream>
  meter: Pick<Meter, 'folded' | 'known' | 'setAside' | 'foundGaps' | 'delayed'>
  logger: Pick<FastifyBaseLogger, 'warn'>
  nowMs: () => number
}

/** Folds messages, those of a partition in order, and stores how far it has come. Safe to repeat after a failure. */
export type FoldBatch = (epoch: TotalsEpoch, messages: readonly ReadMessage[]) => Promise<void>

export function createFoldBatch({ streamOf, meter, logger, nowMs }: BatchParts): FoldBatch {
  const reported = new Set<string>()

  function decode({ topic, value }: ReadMessage): SequenceRecord | undefined {
    const stream = streamOf.get(topic)
    return stream && value ? decodeMessage(stream, value.toString('utf8')) : undefined
  }

  /** Remembers where the message is. What it contains may be personal, so that is written nowhere. */
  async function setAside(epoch: TotalsEpoch, { topic, partition, offset }: ReadMessage): Promise<void> {
    if (!reported.has(topic)) {
      reported.add(topic)
      logger.warn({ topic, partition, offset: String(offset) }, 'message set aside: it cannot be read')
    }
    await epoch.setAside(topic, partition, offset)
  }

  async function foldShow(epoch: TotalsEpoch, showId: string, records: readonly SequenceRecord[]): Promise<void> {
    // Records that are missing in a topic do not come any more. Without them the totals are a little low. While
    // waiting, they would stand still for the rest of the show.
    const { folded, gaps } = await epoch.fold(showId, records, 'skip')
    meter.folded(folded)
    meter.known(records.length - folded)
    meter.foundGaps(gaps.length)
    const now = nowMs()
    for (const { at } of folded > 0 ? records : []) meter.delayed(now - at)
  }

  return async (epoch, messages) => {
    const shows = new Map<string, SequenceRecord[]>()
    const aside: ReadMessage[] = []
    const ends = new Map<string, ReadMessage>()
    for (const message of messages) {
      ends.set(`${message.topic}:${message.partition}`, message)
      const record = decode(message)
      if (!record) aside.push(message)
      else {
        const records = shows.get(record.showId)
        if (records) records.push(record)
        else shows.set(record.showId, [record])
      }
    }
    await Promise.all([...shows].map(async ([showId, records]) => await foldShow(epoch, showId, records)))
    for (const message of aside) await setAside(epoch, message)
    for (const { topic, partition, offset } of ends.values()) await epoch.storeOffset(topic, partition, offset + 1n)
    // A batch that is repeated counts once.
    meter.setAside(aside.length)
  }
}
