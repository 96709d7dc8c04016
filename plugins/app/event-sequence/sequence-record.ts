import type { AudienceEvent } from '../../../contract/audience-events.ts'
import type { PublishedEvent } from '../../../contract/event-sequence.ts'

interface Placed {
  readonly showId: string
  /** Place in the show and stream, counted from 1 without gaps. */
  readonly seq: number
  /** Server time, ms since the epoch. */
  readonly at: number
}

/** A record of a show's log, with pseudonyms and without words of people. */
export interface LogSequenceRecord extends Placed {
  readonly stream: 'log'
  readonly event: PublishedEvent
}

/** An audience event of a show. */
export interface AudienceSequenceRecord extends Placed {
  readonly stream: 'audience'
  readonly event: AudienceEvent
}

/**
 * A record as consumers get it, in process and from Kafka alike. A consumer keeps the last `seq` of each show and
 * stream, and ignores records up to it. The order between the two streams of a show is not defined.
 */
export type SequenceRecord = LogSequenceRecord | AudienceSequenceRecord
