import type { DeviceState } from './device.ts'

/** What should be heard at this moment; null for silence. */
export interface Wanted {
  readonly trackId: string
  readonly positionMs: number
}

export type Step =
  | { readonly do: 'nothing' | 'pause' }
  | { readonly do: 'start'; readonly trackId: string; readonly positionMs: number }
  | { readonly do: 'resume' | 'seek'; readonly positionMs: number }

/** Further off than this is put right: it is looked each second, and nobody is to be off by more than one. */
const toleranceMs = 700

/** What brings somebody's own player to where the show is. */
export function nextStep(wanted: Wanted | null, actual: DeviceState | null): Step {
  if (!wanted) return { do: actual && !actual.isPaused ? 'pause' : 'nothing' }
  const { trackId, positionMs } = wanted
  if (!actual?.trackIds.includes(trackId)) return { do: 'start', trackId, positionMs }
  if (actual.isPaused) return { do: 'resume', positionMs }
  return Math.abs(actual.positionMs - positionMs) > toleranceMs ? { do: 'seek', positionMs } : { do: 'nothing' }
}
