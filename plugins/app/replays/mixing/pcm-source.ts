import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runFfmpeg, type FfmpegLimits } from '../../songs/transcode/ffmpeg.ts'

const bytesPerSample = 2
/** Samples are divided by this, to lie from -1 to 1. */
export const fullScale = 32_768

/** Format of decoded audio: 16 bits. */
export interface PcmFormat {
  readonly rateHz: number
  readonly channels: 1 | 2
}

/** Decodes an Ogg Opus file of a folder, as fast as its reader takes the samples. A damaged file ends early. */
export function decodeFile(limits: FfmpegLimits, fileName: string, { rateHz, channels }: PcmFormat): Readable {
  const output = new PassThrough()
  runFfmpeg(limits, {
    logLevel: 'error',
    inputArgs: ['-f', 'ogg', '-i', `file:${fileName}`],
    outputArgs: [
      ...['-map', '0:a:0', '-ac', String(channels), '-ar', String(rateHz)],
      ...['-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1']
    ],
    read: async stdout => await pipeline(stdout, output)
  }).catch((error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))))
  return output
}

/** Samples of a decoded file, read from its beginning to its end. Memory is bounded by what one call asks for. */
export class PcmSource {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #stream: Readable
  readonly #channels: number
  #samples: Int16Array = new Int16Array(0)
  /** Frame of the first sample that is kept. */
  #start = 0
  #carry: Buffer = Buffer.alloc(0)
  #isEnded = false

  constructor(stream: Readable, { channels }: Pick<PcmFormat, 'channels'>) {
    this.#stream = stream
    this.#channels = channels
    this.#chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  /** Returns true when these frames can be read at once: they are there, or behind the end. Frames only go forwards. */
  has(toFrame: number): boolean {
    return this.#isEnded || this.#endFrame() >= toFrame
  }

  /** Waits until frames can be read, and drops those before them. */
  async load(fromFrame: number, toFrame: number): Promise<void> {
    while (!this.has(toFrame)) {
      this.#drop(fromFrame)
      const next = await this.#chunks.next()
      if (next.done === true) this.#isEnded = true
      else this.#append(next.value)
    }
    this.#drop(fromFrame)
  }

  /**
   * Adds `count` frames to a mix, each `step` frames of the source after the one before, from a position that may lie
   * between two frames. `right` is the same as `left` for mono.
   */
  addTo(left: Float32Array, right: Float32Array, place: MixPlace): void {
    const { at, count, position, step } = place
    const [samples, channels] = [this.#samples, this.#channels]
    const last = samples.length / channels - 1
    let from = position - this.#start
    for (let n = at; n < at + count; n++, from += step) {
      const frame = Math.floor(from)
      if (frame < 0 || frame > last) continue
      const share = from - frame
      const index = frame * channels
      const one = samples[index] ?? 0
      left[n] = (left[n] ?? 0) + (one + share * ((samples[index + channels] ?? one) - one)) / fullScale
      if (channels === 1) continue
      const other = samples[index + 1] ?? 0
      right[n] = (right[n] ?? 0) + (other + share * ((samples[index + channels + 1] ?? other) - other)) / fullScale
    }
  }

  close(): void {
    this.#stream.on('error', () => {}).destroy()
    this.#isEnded = true
    this.#samples = new Int16Array(0)
  }

  #endFrame(): number {
    return this.#start + this.#samples.length / this.#channels
  }

  #drop(beforeFrame: number): void {
    const frames = Math.min(beforeFrame - this.#start, this.#samples.length / this.#channels)
    if (frames <= 0) return
    this.#samples = this.#samples.subarray(frames * this.#channels)
    this.#start += frames
  }

  #append(chunk: Buffer): void {
    const bytes = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    const whole = bytes.length - (bytes.length % (bytesPerSample * this.#channels))
    this.#carry = Buffer.from(bytes.subarray(whole))
    const joined = new Int16Array(this.#samples.length + whole / bytesPerSample)
    joined.set(this.#samples)
    new Uint8Array(joined.buffer, this.#samples.length * bytesPerSample).set(bytes.subarray(0, whole))
    this.#samples = joined
  }
}

/** A place in a mix, in frames, and the position in the source that is heard there. */
export interface MixPlace {
  readonly at: number
  readonly count: number
  readonly position: number
  readonly step: number
}
