import type { AnalyticsRecord } from './analytics-record.ts'
import { AudienceFold } from './audience-fold.ts'
import { LogFold } from './log-fold.ts'

/**
 * The analytics of one show as far as its records were folded. The streams are folded apart and joined on reading, so
 * the result is the same in whatever order records of different streams arrive.
 */
export interface FoldedShow {
  readonly log: LogFold
  readonly audience: AudienceFold
}

export function createFoldedShow(): FoldedShow {
  return { log: new LogFold(), audience: new AudienceFold() }
}

/**
 * Adds a record to the analytics of its show. The records of a stream come in order; one that was added before changes
 * nothing. People may be user ids or pseudonyms.
 */
export function fold({ log, audience }: FoldedShow, record: AnalyticsRecord): void {
  if (record.stream === 'log') log.add(record)
  else audience.add(record)
}
