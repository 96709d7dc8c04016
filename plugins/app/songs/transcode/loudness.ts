/** What ffmpeg's `loudnorm` measures by EBU R128, in LUFS, dBTP and LU: https://ffmpeg.org/ffmpeg-filters.html#loudnorm */
export interface Loudness {
  integrated: number
  truePeak: number
  range: number
  threshold: number
  offset: number
}

/** As loud as music is on most services, with room for what encoding adds to its peaks. */
const wanted = { integrated: -16, truePeak: -1.5, range: 11 }
const widestRange = 20
const fields = {
  integrated: 'input_i',
  truePeak: 'input_tp',
  range: 'input_lra',
  threshold: 'input_thresh',
  offset: 'target_offset'
} as const
/** What the second pass takes. */
const bounds = {
  integrated: [-99, 0],
  truePeak: [-99, 99],
  range: [0, 99],
  threshold: [-99, 0],
  offset: [-99, 99]
} as const

/** The measurement that `loudnorm` prints at the end; null where there was only silence, or too little to measure. */
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
  const [least, most] = bounds[name]
  return Math.min(most, Math.max(least, value))
}

/** The filter that brings it to the wanted loudness: one gain for all where its peaks allow that. Nothing for silence. */
export function correction(loudness: Loudness | null): string[] {
  if (!loudness) return []
  const { integrated, truePeak, range, threshold, offset } = loudness
  // A wider range than the filter is told of is pressed together; music keeps its own as far as it takes that.
  const keptRange = Math.min(widestRange, Math.max(wanted.range, Math.ceil(range)))
  return [
    `loudnorm=I=${wanted.integrated}:TP=${wanted.truePeak}:LRA=${keptRange}:linear=true` +
      `:measured_I=${integrated}:measured_TP=${truePeak}:measured_LRA=${range}:measured_thresh=${threshold}:offset=${offset}`
  ]
}
