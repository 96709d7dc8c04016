import { setTimeout as sleep } from 'node:timers/promises'
import type { SequenceStream } from '../../../../contract/event-sequence.ts'
import type { EventSink } from '../../../../plugins/app/event-sequence/event-sink.ts'
import type { SequenceReader } from '../../../../plugins/app/event-sequence/sequence-reader.ts'
import type { SequenceRecord } from '../../../../plugins/app/event-sequence/sequence-record.ts'

/** Stored records of shows, in memory. */
export function createFakeRecords() {
  const tails = new Map<string, number>()
  const endedAfter = new Map<string, number>()
  const keyOf = (showId: string, stream: SequenceStream) => `${showId} ${stream}`

  function recordOf(showId: string, stream: SequenceStream, seq: number): SequenceRecord {
    if (stream === 'audience') return { showId, stream, seq, at: seq, event: { type: 'comments:counted', count: seq } }
    const isEnd = endedAfter.get(showId) === seq
    return {
      showId,
      stream,
      seq,
      at: seq,
      event: isEnd ? { type: 'show:ended', reason: 'ended' } : { type: 'show:changed' }
    }
  }

  return {
    tails,
    add(showId: string, stream: SequenceStream, count = 1): void {
      const key = keyOf(showId, stream)
      tails.set(key, (tails.get(key) ?? 0) + count)
    },
    end(showId: string): void {
      this.add(showId, 'log')
      endedAfter.set(showId, tails.get(keyOf(showId, 'log'))!)
    },
    tail: (showId: string, stream: SequenceStream) => tails.get(keyOf(showId, stream)) ?? 0,
    read: async function* (showId, stream, afterSeq, limit = Infinity) {
      const tail = tails.get(keyOf(showId, stream)) ?? 0
      await sleep(0)
      for (let seq = afterSeq + 1; seq <= Math.min(tail, afterSeq + limit); seq++) yield recordOf(showId, stream, seq)
    } as SequenceReader['read']
  }
}

/** A sink that keeps what it was given, and checks as a consumer would. */
export function createFakeSink(answer: () => Promise<void> = async () => {}) {
  const cursors = new Map<string, number>()
  const delivered: SequenceRecord[] = []
  const faults: string[] = []
  const sink: EventSink = {
    async deliver(records) {
      for (const record of records) {
        const key = `${record.showId} ${record.stream}`
        const cursor = cursors.get(key) ?? 0
        if (record.seq > cursor + 1) faults.push(`${key}: ${record.seq} after ${cursor}`)
        cursors.set(key, Math.max(cursor, record.seq))
        delivered.push(record)
      }
      await answer()
    }
  }
  return {
    sink,
    delivered,
    faults,
    seen: (showId: string, stream: SequenceStream) => cursors.get(`${showId} ${stream}`) ?? 0
  }
}
