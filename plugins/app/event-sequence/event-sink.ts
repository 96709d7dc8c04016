import type { SequenceRecord } from './sequence-record.ts'

/** Takes the records that the relay reads. */
export interface EventSink {
  /**
   * Takes records of one show and stream, in order and without gaps, at most 500. The relay does not go on with this
   * show and stream until the promise settles; other shows are delivered meanwhile. Resolves when the records are safe:
   * the relay then moves its cursor behind them. When it rejects, the relay delivers the records again later, so
   * records may be delivered more than once.
   */
  deliver(records: readonly SequenceRecord[]): Promise<void>
}
