/** Loudness shown as silence, dBov. */
const minVolumeDb = -60

/** Returns the loudness of a voice, from 0 for silence to 1. */
export function loudnessOf(volumeDb = minVolumeDb): number {
  return Math.max(0, 1 - volumeDb / minVolumeDb)
}
