/**
 * Measurement of ffmpeg's `loudnorm` by EBU R128, in LUFS, dBTP and LU: https://ffmpeg.org/ffmpeg-filters.html#loudnorm
 */
export interface Loudness {
  integrated: number
  truePeak: number
  range: number
  threshold: number
  offset: number
}

/** The usual loudness of music services, with headroom for the peaks that encoding adds. */
const target = { integrated: -16, truePeak: -1.5, range: 11 }
const maxRange = 20
const fields = {
  integrated: 'input_i',
  truePeak: 'input_tp',
  range: 'input_lra',
  threshold: 'input_thresh',
  offset: 'target_offset'
} as const
/** Values that the second pass accepts. */
const bounds = {
  integrated: [-99, 0],
  truePeak: [-99, 99],
  range: [0, 99],
  threshold: [-99, 0],
  offset: [-99, 99]
} as const

/**
 * Parses the measurement that `loudnorm` prints at its end. Returns null for silence, or too little sound to measure.
 */
export function parseLoudness(printed: string): Loudness | null {
  const integrated = valueOf(printed, 'integrated')
  const truePeak = valueOf(printed, 'truePeak')
  const range = valueOf(printed, 'range')
  const threshold = valueOf(printed, 'threshold')
  const offset = valueOf(printed, 'offset')
  if (integrated === null || truePeak === null || range === null || threshold === null || offset === null) return null
  return { integrated, truePeak, range, threshold, offset }
}

function valueOf(printed: string, name: keyof Loudness): number | null {
  const value = Number(new RegExp(`"${fields[name]}"\\s*:\\s*"([-+\\d.]+)"`).exec(printed)?.[1] ?? NaN)
  if (!Number.isFinite(value)) return null
  const [min, max] = bounds[name]
  return Math.min(max, Math.max(min, value))
}

/**
 * Returns the filters that bring a song to the target loudness: one constant gain where its peaks allow that. Silence
 * needs no filter.
 */
export function loudnessFilters(loudness: Loudness | null): string[] {
  if (!loudness) return []
  const { integrated, truePeak, range, threshold, offset } = loudness
  // The filter compresses a range wider than LRA, so music keeps its own range up to the filter's maximum.
  const keptRange = Math.min(maxRange, Math.max(target.range, Math.ceil(range)))
  return [
    `loudnorm=I=${target.integrated}:TP=${target.truePeak}:LRA=${keptRange}:linear=true` +
      `:measured_I=${integrated}:measured_TP=${truePeak}:measured_LRA=${range}` +
      `:measured_thresh=${threshold}:offset=${offset}`
  ]
}
