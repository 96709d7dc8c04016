/** Measurement by EBU R128, with ffmpeg's filter `ebur128`: https://ffmpeg.org/ffmpeg-filters.html#ebur128-1 */
export interface Loudness {
  /** LUFS; null for silence, and for sounds too short or too quiet to measure. */
  integrated: number | null
  /** dBTP; -Infinity for digital silence. */
  truePeak: number
}

/** Gain of a whole song, and the peak that a limiter allows. `clips`: peaks are rounded before the limiter. */
export interface Correction {
  gainDb: number
  ceilingDb: number
  clips: boolean
}

/** The usual loudness of music services, LUFS. */
const targetLufs = -16
/** Maximum deviation of a finished song from the target, LU. */
const toleranceLu = 2
/** Maximum true peak of a finished song, dBTP. */
const maxTruePeak = -1
/** Ceiling before encoding, which adds to the peaks. */
const firstCeilingDb = -2
/** Distance that a second attempt keeps from what the first one exceeded, dB. */
const correctionMarginDb = 0.3
const maxGainDb = 60
const limitedGain = 1.5
/** `ebur128` prints this for what it cannot measure. */
const unmeasurableLufs = -70
/** Rate at which the limiter sees peaks between the samples. */
const limiterRateHz = 192_000

/** The filter that measures. It prints no line per frame at the level `info`. */
export const loudnessMeter = 'ebur128=peak=true:framelog=verbose'

/** Parses the summary that the meter prints at its end. Returns null when there is none. */
export function parseLoudness(printed: string): Loudness | null {
  const summary = printed.slice(printed.lastIndexOf('Summary:'))
  const integrated = Number(/\bI:\s+(-?[\d.]+) LUFS/.exec(summary)?.[1] ?? NaN)
  const peak = /\bPeak:\s+(-?[\d.]+|-inf) dBFS/.exec(summary)?.[1]
  if (!Number.isFinite(integrated) || peak === undefined) return null
  return {
    integrated: integrated > unmeasurableLufs ? integrated : null,
    truePeak: peak === '-inf' ? -Infinity : Number(peak)
  }
}

/** Returns the correction that brings a song to the target. Sound that cannot be measured is only turned down. */
export function firstCorrection({ integrated, truePeak }: Loudness): Correction {
  const gainDb = integrated === null ? Math.min(0, firstCeilingDb - truePeak) : targetLufs - integrated
  return { gainDb: Math.min(maxGainDb, gainDb), ceilingDb: firstCeilingDb, clips: false }
}

/**
 * Returns the correction of a next attempt, from the result of the last one. A song with too high peaks is turned down
 * as far as its loudness allows. Short, loud sounds would then be too quiet: they are clipped softly as well, because a
 * limiter turns a whole sound down for one peak of it.
 */
export function nextCorrection({ gainDb, ceilingDb, clips }: Correction, result: Loudness): Correction {
  const overshootDb = result.truePeak - maxTruePeak
  const shiftDb = overshootDb > 0 ? overshootDb + correctionMarginDb : 0
  const shifted = result.integrated === null ? targetLufs : result.integrated - shiftDb
  const missingDb = targetLufs - shifted
  if (Math.abs(missingDb) <= toleranceLu - correctionMarginDb) {
    return { gainDb: gainDb - shiftDb, ceilingDb: ceilingDb - shiftDb, clips }
  }
  // The limiter takes a part of what is added.
  const addedDb = missingDb > 0 ? limitedGain * missingDb : missingDb
  return {
    gainDb: Math.min(maxGainDb, gainDb + addedDb),
    ceilingDb: ceilingDb - shiftDb,
    clips: clips || missingDb > 0
  }
}

/** Returns what is wrong with a finished song; null when it is within the bounds. */
export function loudnessFault({ integrated, truePeak }: Loudness): string | null {
  if (truePeak > maxTruePeak) return `its true peak is ${truePeak} dBTP`
  if (integrated === null || Math.abs(integrated - targetLufs) <= toleranceLu) return null
  return `its loudness is ${integrated} LUFS`
}

/**
 * Returns the filters of a correction: one constant gain, and a limiter for a song whose peaks would exceed the
 * ceiling.
 */
export function correctionFilters({ gainDb, ceilingDb, clips }: Correction, { truePeak }: Loudness): string[] {
  if (truePeak === -Infinity) return []
  const gain = `volume=${gainDb.toFixed(2)}dB`
  if (truePeak + gainDb <= ceilingDb) return [gain]
  return [
    gain,
    `aresample=${limiterRateHz}`,
    ...(clips ? [`asoftclip=type=tanh:threshold=${10 ** (ceilingDb / 20)}`] : []),
    `alimiter=limit=${ceilingDb.toFixed(2)}dB:level=false:attack=1:release=50`,
    'aresample=48000'
  ]
}
