import { useCallback } from 'react'
import type { Replay, Transcript } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useLoaded, type Loaded } from '../ui/use-loaded.ts'

/** Loads the transcript of a show, and again when its replay is mixed anew. Null when there is none. */
export function useTranscript({ showId, durationMs }: Replay): Loaded<Transcript> {
  return useLoaded(useCallback(async () => await ambient.transcripts.get(showId), [showId, durationMs]))
}
