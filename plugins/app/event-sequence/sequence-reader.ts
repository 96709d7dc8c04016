import type { SequenceStream } from '../../../contract/event-sequence.ts'
import type { PseudonymOf } from '../privacy/pseudonyms.ts'
import type { AudienceLog } from '../shows/audience-log.ts'
import type { EventLog } from '../shows/event-log.ts'
import { publishedEvent } from './published-event.ts'
import type { SequenceRecord } from './sequence-record.ts'

interface ReaderParts {
  eventLog: Pick<EventLog, 'read'>
  audienceLog: Pick<AudienceLog, 'read'>
  pseudonymOf: PseudonymOf
}

export type SequenceReader = ReturnType<typeof createSequenceReader>

/** Reads stored records of shows as they leave the server. */
export function createSequenceReader({ eventLog, audienceLog, pseudonymOf }: ReaderParts) {
  return {
    /** Yields the records of a show and stream after a place, in order: all of them, or `limit` at most. */
    async *read(
      showId: string,
      stream: SequenceStream,
      afterSeq: number,
      limit?: number
    ): AsyncGenerator<SequenceRecord> {
      if (stream === 'audience') {
        for await (const { seq, at, event } of audienceLog.read(showId, afterSeq, limit)) {
          yield { stream, showId, seq, at, event }
        }
        return
      }
      for await (const { seq, at, event } of eventLog.read(showId, afterSeq, limit)) {
        yield { stream, showId, seq, at, event: publishedEvent(event, pseudonymOf) }
      }
    }
  }
}
