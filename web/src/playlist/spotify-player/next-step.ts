import type { PlayerState } from './player-device.ts'

/** The track and position that a player should play at this moment. */
export interface PlaybackTarget {
  readonly trackId: string
  readonly positionMs: number
}

export type Step =
  | { readonly do: 'nothing' | 'pause' }
  | { readonly do: 'start'; readonly trackId: string; readonly positionMs: number }
  | { readonly do: 'resume' | 'seek'; readonly positionMs: number }

/** A larger deviation is corrected. The player is checked every second, and must never be off by more than a second. */
const toleranceMs = 700

/** Returns the next step that brings a player to its target; a null target is silence. */
export function nextStep(target: PlaybackTarget | null, actual: PlayerState | null): Step {
  if (!target) return { do: actual && !actual.isPaused ? 'pause' : 'nothing' }
  const { trackId, positionMs } = target
  if (!actual?.trackIds.includes(trackId)) return { do: 'start', trackId, positionMs }
  if (actual.isPaused) return { do: 'resume', positionMs }
  return Math.abs(actual.positionMs - positionMs) > toleranceMs ? { do: 'seek', positionMs } : { do: 'nothing' }
}
