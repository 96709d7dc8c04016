import type { Page } from '../../contract/paging.ts'
import type { Transcript, TranscriptSegment } from '../../contract/transcripts.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface TranscriptSearch extends PageOptions {
  /** Only segments that contain words which begin with all of these. */
  q?: string
}

/** Creates the requests about the transcript of an ended show. */
export function createTranscriptsApi(request: AuthorizedRequest) {
  return {
    get: async (showId: string) => await request<Transcript>('GET', `/shows/${showId}/transcript`),
    /** Has a recorded show transcribed, or again what the transcriber refused. For the creator and co-hosts. */
    request: async (showId: string) => await request<Transcript>('POST', `/shows/${showId}/transcript`),
    /** Returns what was said, oldest first. */
    segments: async (showId: string, search: TranscriptSearch = {}) =>
      await request<Page<TranscriptSegment>>('GET', `/shows/${showId}/transcript/segments${toQuery(search)}`)
  }
}
