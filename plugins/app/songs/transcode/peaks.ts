import { peakCount } from '../../../../contract/songs.ts'

/** Sample rate of the meter's input: stereo, 16 bits, little-endian. */
export const peakRateHz = 8000
const samplesPerMs = peakRateHz / 1000
/** Number of samples of which the meter keeps the maximum: ten values per second. */
const samplesPerValue = 800
const bytesPerChannel = 2
const bytesPerSample = 2 * bytesPerChannel

export type PeakMeter = ReturnType<typeof createPeakMeter>

/**
 * Measures the peaks of decoded audio as it arrives, without keeping the audio. It takes the louder channel: the sum of
 * both may cancel out.
 */
export function createPeakMeter() {
  const values: number[] = []
  let carry: Buffer = Buffer.alloc(0)
  let samples = 0
  let peak = 0

  function addSample(left: number, right: number): void {
    peak = Math.max(peak, Math.abs(left), Math.abs(right))
    if (++samples % samplesPerValue !== 0) return
    values.push(peak)
    peak = 0
  }

  return {
    /** Adds a chunk of any size. */
    add(chunk: Buffer): void {
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
      const whole = bytes.length - (bytes.length % bytesPerSample)
      for (let offset = 0; offset < whole; offset += bytesPerSample) {
        addSample(bytes.readInt16LE(offset), bytes.readInt16LE(offset + bytesPerChannel))
      }
      carry = bytes.subarray(whole)
    },

    durationMs: (): number => Math.round(samples / samplesPerMs),

    /**
     * Returns `peakCount` values from 0 to 1, each the peak of its part of the song relative to the loudest part.
     * Returns an empty list when there was no audio.
     */
    peaks(): number[] {
      const all = samples % samplesPerValue === 0 ? values : [...values, peak]
      if (all.length === 0) return []
      const max = all.reduce((a, b) => Math.max(a, b), 1)
      return Array.from({ length: peakCount }, (_, n) => {
        const from = Math.floor((n * all.length) / peakCount)
        const to = Math.max(from + 1, Math.floor(((n + 1) * all.length) / peakCount))
        return Math.round((100 * all.slice(from, to).reduce((a, b) => Math.max(a, b), 0)) / max) / 100
      })
    }
  }
}
