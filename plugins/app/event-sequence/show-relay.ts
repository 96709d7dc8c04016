import { sequenceStreams, type SequenceStream } from '../../../contract/event-sequence.ts'
import type { EventSink } from './event-sink.ts'
import type { RelayCursor, RelayCursors } from './relay-cursors.ts'
import type { SequenceReader } from './sequence-reader.ts'
import type { SequenceRecord } from './sequence-record.ts'

/**
 * Records that one delivery has at most. A message has less than 1 KiB, since it has only ids, numbers and words of
 * this server, so a delivery has less than 256 KiB.
 */
export const maxBatch = 250

/** A show stays open for this long after its end, for what is stored last, ms. */
export const closingDelayMs = 60_000

export interface ShowRelayParts {
  cursors: RelayCursors
  sink: EventSink
  read: SequenceReader['read']
  nowMs: () => number
  onRelayed(records: readonly SequenceRecord[]): void
  /** A record is missing in the store: this stream of the show waits. */
  onGap(showId: string, stream: SequenceStream, seq: number): void
}

/** Relays what is stored of single shows, from their cursors on. */
export function createShowRelay(parts: ShowRelayParts) {
  const { cursors, sink, read, nowMs, onRelayed, onGap } = parts
  /** Cursors of the shows that this node relays. */
  const held = new Map<string, RelayCursor>()

  async function readBatch(showId: string, stream: SequenceStream, afterSeq: number): Promise<SequenceRecord[]> {
    const batch: SequenceRecord[] = []
    for await (const record of read(showId, stream, afterSeq, maxBatch)) {
      const seq = afterSeq + batch.length + 1
      if (record.seq !== seq) {
        onGap(showId, stream, seq)
        break
      }
      batch.push(record)
    }
    return batch
  }

  /** Relays one stream up to its last record. Returns false when another node relays the show now. */
  async function relayStream(showId: string, stream: SequenceStream, cursor: RelayCursor): Promise<boolean> {
    for (;;) {
      const batch = await readBatch(showId, stream, cursor[stream])
      const last = batch.at(-1)
      if (!last) return true
      await sink.deliver(batch)
      const endedAt = batch.some(({ event }) => event.type === 'show:ended') ? nowMs() : cursor.endedAt
      if (!(await cursors.move(showId, stream, cursor[stream], last.seq, endedAt))) return false
      cursor[stream] = last.seq
      cursor.endedAt = endedAt
      onRelayed(batch)
      if (batch.length < maxBatch) return true
    }
  }

  return {
    /** Opens a show whose home this node becomes. */
    async open(showId: string): Promise<void> {
      held.set(showId, await cursors.open(showId))
    },

    /**
     * Relays streams of a show up to their last records. Rejects when the store or the sink fails; what was delivered
     * before stays so.
     */
    async relay(showId: string, streams: Iterable<SequenceStream>): Promise<void> {
      for (const stream of streams) {
        for (;;) {
          const cursor = held.get(showId) ?? (await cursors.acquire(showId))
          if (!cursor) return
          held.set(showId, cursor)
          if (await relayStream(showId, stream, cursor)) break
          // Another node relays the show too, or its cursor was opened here again: goes on from the stored one.
          held.delete(showId)
        }
      }
    },

    /** Takes over a show whose node is gone. Returns false when another node was first. */
    async takeOver(showId: string): Promise<boolean> {
      const cursor = await cursors.acquireAbandoned(showId)
      if (cursor) held.set(showId, cursor)
      return cursor !== undefined
    },

    /** Returns the shows here that have ended long enough ago to be closed. */
    findEnded: (): string[] =>
      [...held].filter(([, { endedAt }]) => endedAt !== null && endedAt < nowMs() - closingDelayMs).map(([id]) => id),

    /** Closes an ended show. Returns false when something is left to relay. */
    async close(showId: string): Promise<boolean> {
      const cursor = held.get(showId)
      if (!cursor) return true
      for (const stream of sequenceStreams) {
        if ((await readBatch(showId, stream, cursor[stream])).length > 0) return false
      }
      await cursors.close(showId, cursor)
      held.delete(showId)
      return true
    },

    async remove(showId: string): Promise<void> {
      held.delete(showId)
      await cursors.remove(showId)
    }
  }
}
