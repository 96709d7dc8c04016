import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'

/** A tone in an audio file. Times are seconds. */
export interface HeardTone {
  /** Rounded to 50 Hz. */
  frequency: number
  from: number
  to: number
}

const rate = 16_000
const frame = rate / 50
const minLevel = 600
const minFrames = 4

/** Returns the tones of an audio file, as ffmpeg decodes it. Rejects when it is not audio. */
export async function heardTones(file: Uint8Array): Promise<HeardTone[]> {
  const samples = await decode(file)
  const tones: HeardTone[] = []
  let open: HeardTone | undefined
  for (let n = 0; (n + 1) * frame <= samples.length; n++) {
    const frequency = frequencyOf(samples.subarray(n * frame, (n + 1) * frame))
    if (open && frequency === open.frequency) open.to = ((n + 1) * frame) / rate
    else if (frequency !== null) {
      tones.push((open = { frequency, from: (n * frame) / rate, to: ((n + 1) * frame) / rate }))
    } else open = undefined
  }
  return tones.filter(({ from, to }) => to - from >= (minFrames * frame) / rate - 1e-6)
}

async function decode(file: Uint8Array): Promise<Int16Array> {
  const args = [
    '-hide_banner',
    '-loglevel',
    'error',
    '-i',
    'pipe:0',
    '-f',
    's16le',
    '-ac',
    '1',
    '-ar',
    String(rate),
    '-'
  ]
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  ffmpeg.stdin.on('error', () => {})
  ffmpeg.stdin.end(file)
  const ended = new Promise<number | null>(resolve => ffmpeg.on('close', resolve))
  const pcm = await buffer(ffmpeg.stdout)
  if ((await ended) !== 0) throw new Error('not an audio file')
  return new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length - (pcm.length % 2)))
}

/** Returns the frequency of a tone by its zero crossings; null for silence. */
function frequencyOf(samples: Int16Array): number | null {
  let energy = 0
  let crossings = 0
  for (const [n, sample] of samples.entries()) {
    energy += sample * sample
    if (n > 0 && sample >= 0 !== samples[n - 1]! >= 0) crossings++
  }
  if (Math.sqrt(energy / samples.length) < minLevel) return null
  return Math.round((crossings * rate) / (2 * samples.length) / 50) * 50
}
