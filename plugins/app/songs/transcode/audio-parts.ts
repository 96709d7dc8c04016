import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CodedError } from '../../../../contract/errors.ts'
import { isCutFragmentedMp4 } from './cut-mp4.ts'
import type { AudioPart } from './decoding.ts'
import type { AudioFormat } from './formats.ts'
import { readOggChain, type ByteRange, type OggLink } from './ogg-chain.ts'
import { notAudio, TranscodeError } from './transcode-error.ts'

/**
 * Returns the parts of an upload that are decoded one by one. Writes the links of a chained Ogg file into files of
 * their own: ffmpeg stops at a link without audio, and mixes up links of different formats.
 */
export async function splitUpload(
  folder: string,
  fileName: string,
  format: AudioFormat,
  signal: AbortSignal
): Promise<AudioPart[]> {
  const path = join(folder, fileName)
  const whole = [{ fileName, heldMs: null }]
  if (format.demuxer === 'mov') return [{ fileName, heldMs: null, isCut: await isCutFragmentedMp4(path) }]
  if (format.demuxer !== 'ogg') return whole
  const { links, sizeBytes } = await readLinks(path)
  const [first] = links
  if (!first) return whole
  if (links.length === 1 && coversAll(first.ranges, sizeBytes)) return [{ fileName, heldMs: first.heldMs }]
  const parts: AudioPart[] = []
  for (const [n, { ranges, heldMs }] of links.entries()) {
    const partName = `link-${n}.${format.extension}`
    await pipeline(bytesOf(path, ranges), createWriteStream(join(folder, partName)), { signal })
    parts.push({ fileName: partName, heldMs })
  }
  return parts
}

async function readLinks(path: string): Promise<{ links: OggLink[]; sizeBytes: number }> {
  const file = await open(path)
  try {
    const { size: sizeBytes } = await file.stat()
    const read = async (start: number, end: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
      return buffer.subarray(0, bytesRead)
    }
    return { links: await readOggChain({ sizeBytes, read }), sizeBytes }
  } catch (error) {
    if (error instanceof RangeError) throw new TranscodeError('tooDemanding', error.message)
    if (error instanceof CodedError) throw notAudio('damaged', error.message, 0)
    throw error
  } finally {
    await file.close()
  }
}

const coversAll = ([range, ...others]: readonly ByteRange[], sizeBytes: number): boolean =>
  others.length === 0 && range?.start === 0 && range.end === sizeBytes

async function* bytesOf(path: string, ranges: readonly ByteRange[]): AsyncGenerator<Uint8Array> {
  for (const { start, end } of ranges) yield* createReadStream(path, { start, end: end - 1 })
}
