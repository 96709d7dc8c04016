import { spawn } from 'node:child_process'

export const pcmRateHz = 48_000

/** Decodes audio of any format with ffmpeg: mono, 48 kHz. Damage at the end, where a stream was cut, is ignored. */
export async function decodeSound(bytes: Uint8Array): Promise<Float32Array> {
  const args = ['-v', 'error', '-i', 'pipe:0', '-f', 'f32le', '-ac', '1', '-ar', String(pcmRateHz), 'pipe:1']
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  ffmpeg.stdin.on('error', () => {})
  ffmpeg.stdin.end(bytes)
  const chunks: Buffer[] = []
  for await (const chunk of ffmpeg.stdout) chunks.push(chunk)
  const pcm = Buffer.concat(chunks)
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length - (pcm.length % 4)))
}

/** Returns the amplitude of one tone in a stretch of sound (Goertzel's algorithm). */
export function amplitudeOf(sound: Float32Array, hz: number, fromMs = 0, toMs = Infinity): number {
  const part = sound.subarray((fromMs * pcmRateHz) / 1000, Math.min(sound.length, (toMs * pcmRateHz) / 1000))
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / pcmRateHz)
  let [last, beforeLast] = [0, 0]
  for (const sample of part) [last, beforeLast] = [sample + coefficient * last - beforeLast, last]
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast
  return part.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / part.length
}

/** Returns the amplitude of a tone in each stretch of this length, of those that are whole. */
export function amplitudesOf(sound: Float32Array, hz: number, stepMs: number): number[] {
  const steps = Math.floor(sound.length / ((stepMs * pcmRateHz) / 1000))
  return Array.from({ length: steps }, (_, n) => amplitudeOf(sound, hz, n * stepMs, (n + 1) * stepMs))
}
