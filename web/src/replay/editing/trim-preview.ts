import type { Replay } from '../../../../client/index.ts'

/** The part that a preview plays at each end. */
export const previewMs = 4000

/**
 * Returns the place in the current audio of a place in the untrimmed replay; undefined when it was cut off before, so
 * that there is no audio of it here.
 */
export function audioPlaceOf(
  { trim, durationMs }: Pick<Replay, 'trim' | 'durationMs'>,
  untrimmedMs: number
): number | undefined {
  const place = untrimmedMs - trim.startMs
  return place >= 0 && place <= durationMs ? place : undefined
}
