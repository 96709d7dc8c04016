import { spawn } from 'node:child_process'
import { buffer, text } from 'node:stream/consumers'
import { parsePage, pageLength, type OggPage } from '../../../media/player/ogg-page.ts'
import type { StintFailure, StintFiles, StintStart } from '../../../media/recording/stint-file.ts'

/** A stint that was written to memory. */
export interface MemoryStint {
  readonly start: StintStart
  readonly pages: Uint8Array[]
  readonly marks: { samples: number; atMs: number }[]
  isClosed: boolean
  fail(failure: StintFailure): void
}

/** Stint files in memory. `opening` delays or fails each opening. */
export function memoryStints(opening: () => Promise<void> = async () => {}) {
  const stints: MemoryStint[] = []
  const files: StintFiles = {
    async open(start, onFailed) {
      await opening()
      const stint: MemoryStint = { start, pages: [], marks: [], isClosed: false, fail: onFailed }
      stints.push(stint)
      return {
        append: pages => stint.pages.push(pages),
        mark: (samples, atMs) => stint.marks.push({ samples, atMs }),
        async close() {
          stint.isClosed = true
        }
      }
    }
  }
  return { files, stints }
}

/** Returns the bytes of a stint as they would be in its file. */
export function bytesOf({ pages }: Pick<MemoryStint, 'pages'>): Buffer {
  return Buffer.concat(pages)
}

/** Parses all pages of a file. Throws when one is damaged. */
export function pagesOf(bytes: Buffer): OggPage[] {
  const pages: OggPage[] = []
  for (let offset = 0; offset < bytes.length;) {
    const length = pageLength(bytes, offset)
    const page = length === null ? null : parsePage(bytes.subarray(offset, offset + length), offset)
    if (!page) throw new Error(`no page at ${offset}`)
    pages.push(page)
    offset = page.end
  }
  return pages
}

/** Returns the Opus packets of a file, without its headers. */
export function packetsOf(bytes: Buffer): Buffer[] {
  return pagesOf(bytes)
    .slice(2)
    .flatMap(({ parts }) => parts)
}

/** Returns the time at which the sound at a place in the file was spoken, by the marks of the stint. */
export function timeAt({ marks }: Pick<MemoryStint, 'marks'>, samples: number): number {
  const next = marks.findIndex(mark => mark.samples > samples)
  const after = next < 0 ? marks.length : Math.max(1, next)
  const [from, to] = [marks[after - 1]!, marks[after]]
  const msPerSample = to ? (to.atMs - from.atMs) / (to.samples - from.samples) : 1 / 48
  return from.atMs + (samples - from.samples) * msPerSample
}

/** Decodes a file with ffmpeg to mono at 48 kHz. Throws when it reports any error. */
export async function decode(bytes: Buffer): Promise<Float32Array> {
  const out = await runOn(bytes, 'ffmpeg', ['-v', 'error', '-i', '-', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'])
  return new Float32Array(out.buffer, out.byteOffset, out.length / 4)
}

/** Returns what ffprobe says of the only stream of a file. Throws when it reports any error. */
export async function probe(bytes: Buffer): Promise<Record<string, unknown>> {
  const out = await runOn(bytes, 'ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', '-'])
  const { streams } = JSON.parse(out.toString()) as { streams: Record<string, unknown>[] }
  return streams[0]!
}

async function runOn(bytes: Buffer, program: string, args: string[]): Promise<Buffer> {
  const child = spawn(program, args)
  child.stdin.on('error', () => {})
  child.stdin.end(bytes)
  const [out, errors] = await Promise.all([buffer(child.stdout), text(child.stderr)])
  if (errors !== '') throw new Error(errors)
  return out
}

/** Returns where sound begins and ends, ms from the beginning, in steps of 5 ms. Pauses below 50 ms count as sound. */
export function soundsIn(samples: Float32Array, threshold = 0.02): { fromMs: number; toMs: number }[] {
  const step = 240
  const sounds: { fromMs: number; toMs: number }[] = []
  for (let start = 0; start < samples.length; start += step) {
    const part = samples.subarray(start, start + step)
    const level = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length)
    if (level < threshold) continue
    const [fromMs, toMs] = [start / 48, (start + step) / 48]
    const last = sounds.at(-1)
    if (last && fromMs - last.toMs < 50) last.toMs = toMs
    else sounds.push({ fromMs, toMs })
  }
  return sounds
}
