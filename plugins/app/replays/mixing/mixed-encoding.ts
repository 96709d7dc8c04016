import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { sampleRateHz } from '../../../../media/player/opus-packet.ts'
import { assertDiskHadSpace, runFfmpeg, summaryOf, type FfmpegLimits } from '../../songs/transcode/ffmpeg.ts'
import type { MixedBlock } from './mixer.ts'
import { mixedFiles } from './plan.ts'

/** Bitrates of the files. Talk with some music needs no more. */
const opusBps = 80_000
const mp3Bps = 128_000
/** Blocks are written together, to pass on fewer pieces. */
const blocksPerWrite = 50
const tagsFile = 'tags.txt'

/** Tags of the files. */
export interface MixedTags {
  readonly title: string
  readonly artist: string
  readonly chapters: readonly { readonly atMs: number; readonly title: string }[]
  readonly durationMs: number
}

/**
 * Encodes a mix as Ogg Opus and as MP3 with a constant bitrate, with chapters. Throws an error with code ENOSPC when
 * the disk is full.
 */
export async function encodeMix(
  limits: FfmpegLimits,
  tags: MixedTags,
  blocks: AsyncIterable<MixedBlock>
): Promise<void> {
  await writeFile(join(limits.folder, tagsFile), metadataOf(tags))
  const outcome = await runFfmpeg(limits, {
    logLevel: 'error',
    inputArgs: [
      ...['-f', 's16le', '-ar', String(sampleRateHz), '-ac', '2', '-i', 'pipe:0'],
      ...['-f', 'ffmetadata', '-i', `file:${tagsFile}`]
    ],
    outputArgs: [
      ...['-map', '0:a:0', '-map_metadata', '1', '-map_chapters', '1', '-fflags', '+bitexact'],
      ...['-c:a', 'libopus', '-application', 'audio', '-b:a', String(opusBps), '-compression_level', '5'],
      ...['-f', 'ogg', '-y', `file:${mixedFiles.opus}`],
      ...['-map', '0:a:0', '-map_metadata', '1', '-map_chapters', '1', '-fflags', '+bitexact'],
      ...['-c:a', 'libmp3lame', '-b:a', String(mp3Bps), '-id3v2_version', '3'],
      ...['-f', 'mp3', '-y', `file:${mixedFiles.mp3}`]
    ],
    write: async input => await writeBlocks(input, blocks),
    read: async output => {
      output.resume()
    }
  })
  assertDiskHadSpace(outcome)
  if (outcome.code !== 0) throw new Error(`encoding the replay failed: ${summaryOf(outcome)}`)
}

async function writeBlocks(input: Writable, blocks: AsyncIterable<MixedBlock>): Promise<void> {
  let waiting: Buffer[] = []
  const flush = async () => {
    const isTaken = input.write(Buffer.concat(waiting))
    waiting = []
    if (!isTaken) await once(input, 'drain')
  }
  for await (const { bytes } of blocks) {
    waiting.push(bytes)
    if (waiting.length >= blocksPerWrite) await flush()
  }
  await flush()
}

/** Returns tags in ffmpeg's format: https://ffmpeg.org/ffmpeg-formats.html#Metadata-2 */
function metadataOf({ title, artist, chapters, durationMs }: MixedTags): string {
  const entry = (key: string, value: string) => `${key}=${value.replace(/[=;#\\\n]/g, '\\$&')}\n`
  const sections = chapters.map(
    ({ atMs, title: chapterTitle }, n) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${atMs}\nEND=${chapters[n + 1]?.atMs ?? durationMs}\n` +
      entry('title', chapterTitle)
  )
  return `;FFMETADATA1\n${entry('title', title)}${entry('artist', artist)}${sections.join('')}`
}
