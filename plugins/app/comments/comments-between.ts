import type { RecordRange } from '../../external/records/record-store.ts'
import type { CommentRecords } from './comment-records.ts'
import type { CommentDocument } from './document.ts'

/** Selects comments of a show by their times. */
export interface CommentRange {
  /** Begins behind this time or comment. */
  readonly after: readonly [Date] | readonly [Date, string]
  readonly before: Date
  /** Number of comments that the reader expects to need. */
  readonly readAhead: number
}

/** Yields the comments of a show in a time that are not deleted, oldest first, without checking permissions. */
export async function* commentsBetween(
  comments: CommentRecords,
  showId: string,
  { after, before, readAhead }: CommentRange
): AsyncGenerator<CommentDocument> {
  const range: RecordRange = { after, before: [before], readAhead }
  for await (const comment of comments.list('place', [showId], range)) if (!comment.deletedAt) yield comment
}
