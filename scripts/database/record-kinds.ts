import { showAnalyticsKind } from '../../plugins/app/analytics/stored-analytics.ts'
import { commentsKind } from '../../plugins/app/comments/comment-records.ts'
import { metadataEntriesKind } from '../../plugins/app/metadata/metadata-cache.ts'
import { audienceEventsKind } from '../../plugins/app/shows/audience-log.ts'
import { showEventsKind, showSnapshotsKind } from '../../plugins/app/shows/event-tables.ts'
import type { RecordKind } from '../../plugins/external/records/record-store.ts'

/**
 * All kinds of records. A snapshot of a live show stands for the beginning of its log: copied before the log, it is
 * never newer than the copy of the log.
 */
export const recordKinds: readonly RecordKind[] = [
  showSnapshotsKind,
  showEventsKind,
  audienceEventsKind,
  commentsKind,
  showAnalyticsKind,
  metadataEntriesKind
]
