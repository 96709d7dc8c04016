import { peakCount } from '../../../../contract/songs.ts'

/** What the peaks are taken from: mono, 16 bits, little-endian. */
export const peakRateHz = 8000
const samplesPerMs = peakRateHz / 1000
/** The loudest of so many samples is kept: ten values a second. */
const samplesPerValue = 800
const bytesPerSample = 2

export type Peaks = ReturnType<typeof createPeaks>

/** Looks at decoded sound as it comes, and keeps only how loud it was when. */
export function createPeaks() {
  const values: number[] = []
  let carry: Buffer = Buffer.alloc(0)
  let samples = 0
  let loudest = 0

  function addSample(sample: number): void {
    loudest = Math.max(loudest, Math.abs(sample))
    if (++samples % samplesPerValue !== 0) return
    values.push(loudest)
    loudest = 0
  }

  return {
    /** Chunks of any size. */
    add(chunk: Buffer): void {
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
      const whole = bytes.length - (bytes.length % bytesPerSample)
      for (let at = 0; at < whole; at += bytesPerSample) addSample(bytes.readInt16LE(at))
      carry = bytes.subarray(whole)
    },

    durationMs: (): number => Math.round(samples / samplesPerMs),

    /** As many as a song has, each the loudest of its part, the loudest of all being 1; none of nothing. */
    picture(): number[] {
      const all = samples % samplesPerValue === 0 ? values : [...values, loudest]
      if (all.length === 0) return []
      const most = all.reduce((a, b) => Math.max(a, b), 1)
      return Array.from({ length: peakCount }, (_, n) => {
        const from = Math.floor((n * all.length) / peakCount)
        const to = Math.max(from + 1, Math.floor(((n + 1) * all.length) / peakCount))
        return Math.round((100 * all.slice(from, to).reduce((a, b) => Math.max(a, b), 0)) / most) / 100
      })
    }
  }
}
