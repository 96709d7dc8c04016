import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const rateHz = 16_000
const windowMs = 20
const stepMs = 5

/** Mono audio with samples from -1 to 1. */
export interface Sound {
  readonly samples: Float32Array
  readonly durationMs: number
}

/** Decodes an audio file, a part of it or all. */
export async function decodeSound(path: string, { fromMs = 0, durationMs = 24 * 3_600_000 } = {}): Promise<Sound> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', path],
      ...['-ss', String(fromMs / 1000), '-t', String(durationMs / 1000)],
      ...['-ac', '1', '-ar', String(rateHz), '-f', 'f32le', 'pipe:1']
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 30 }
  )
  const samples = new Float32Array(new Uint8Array(stdout).buffer)
  return { samples, durationMs: (samples.length / rateHz) * 1000 }
}

/** Returns the amplitude of a frequency in a part of a sound, by Goertzel's algorithm. */
export function amplitudeAt({ samples }: Sound, frequency: number, fromMs: number, durationMs = windowMs): number {
  const start = Math.round((fromMs * rateHz) / 1000)
  const count = Math.round((durationMs * rateHz) / 1000)
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rateHz)
  let [one, two] = [0, 0]
  for (let n = 0; n < count; n++) {
    // The window of Hann keeps neighbouring tones out.
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / count)
    const next = weight * (samples[start + n] ?? 0) + coefficient * one - two
    two = one
    one = next
  }
  return (4 * Math.sqrt(Math.max(0, one * one + two * two - coefficient * one * two))) / count
}

/** Returns the times in which a tone is heard, ms, each at least 100 ms long. */
export function tonesIn(sound: Sound, frequency: number, minAmplitude = 0.02): [number, number][] {
  const found: [number, number][] = []
  let since: number | null = null
  for (let atMs = 0; atMs <= sound.durationMs; atMs += stepMs) {
    const isHeard = atMs < sound.durationMs && amplitudeAt(sound, frequency, atMs) >= minAmplitude
    if (isHeard) since ??= atMs
    else if (since !== null) {
      // A tone counts from the middle of the first window that has it to the middle of the last one.
      if (atMs - since >= 100) found.push([since + windowMs / 2, atMs - stepMs + windowMs / 2])
      since = null
    }
  }
  return found
}
