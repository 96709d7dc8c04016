import { useCallback } from 'react'
import type { Replay, Transcript } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useLoaded, type Loaded } from '../ui/use-loaded.ts'

/** The interval in which a transcript is loaded again while it is being made. */
const pollMs = 10_000

/**
 * Loads the transcript of a show, again while it is being made, and when its replay is mixed anew. Null when there is
 * none.
 */
export function useTranscript({ showId, durationMs }: Replay): Loaded<Transcript> {
  return useLoaded(
    useCallback(async () => await ambient.transcripts.get(showId), [showId, durationMs]),
    ({ status }) => (status === 'waiting' ? pollMs : null)
  )
}
