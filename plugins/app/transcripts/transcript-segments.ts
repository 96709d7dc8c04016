import type { Filter } from 'mongodb'
import type { Page } from '../../../contract/paging.ts'
import type { TranscriptQuery, TranscriptSegment } from '../../../contract/transcripts.ts'
import { beforeCursor, pageOf } from '../documents/keyset.ts'
import { beginningsOf, wordFilter } from '../documents/search-words.ts'
import type { TranscriptSegmentDocument, TranscriptTables } from './documents.ts'
import type { ReplayedPart } from './replay-transcripts.ts'

/** Maximum number of segments of one show: about a day of speech. */
const maxSegments = 20_000
const inOrder = { createdAt: 1, _id: 1 } as const
const withoutWords = { projection: { words: 0 } } as const

export type TranscriptSegments = ReturnType<typeof createTranscriptSegments>

/** Reads what was said in shows. */
export function createTranscriptSegments({ segments }: Pick<TranscriptTables, 'segments'>) {
  return {
    /** Returns what was said in a show, by time. */
    async ofShow(showId: string): Promise<TranscriptSegment[]> {
      const found = await segments.find({ showId }, withoutWords).sort(inOrder).limit(maxSegments).toArray()
      return found.map(toSegment)
    },

    /**
     * Lists what was said in a show, or in a part of it, by time: all of it, or the segments that have all words of a
     * search. A segment that is not wholly in the part is left out.
     */
    async list(
      showId: string,
      { limit, cursor, q }: TranscriptQuery,
      part: ReplayedPart | null = null
    ): Promise<Page<TranscriptSegment>> {
      const beginnings = q === undefined ? [] : beginningsOf(q)
      if (q !== undefined && beginnings.length === 0) return { items: [], nextCursor: null }
      const filter: Filter<TranscriptSegmentDocument> = {
        $and: [{ showId }, ...beginnings.map(wordFilter), laterThan(cursor), within(part)]
      }
      const found = await segments
        .find(filter, withoutWords)
        .sort(inOrder)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(toSegment), nextCursor }
    }
  }
}

function within(part: ReplayedPart | null): Filter<TranscriptSegmentDocument> {
  return part ? { createdAt: { $gte: new Date(part.from) }, to: { $lte: part.to } } : {}
}

/** Returns a filter for the segments after a cursor. Throws VALIDATION for an invalid cursor. */
function laterThan(cursor: string | undefined): Filter<TranscriptSegmentDocument> {
  const position = beforeCursor(cursor)
  if (!position) return {}
  const [createdAt, id] = position
  return { $or: [{ createdAt: { $gt: createdAt } }, { createdAt, _id: { $gt: id } }] }
}

function toSegment({
  createdAt,
  to,
  userId,
  text
}: Pick<TranscriptSegmentDocument, 'createdAt' | 'to' | 'userId' | 'text'>): TranscriptSegment {
  return { from: createdAt.getTime(), to, userId, text }
}
