import { runFfmpeg, type FfmpegLimits } from './ffmpeg.ts'
import { inputArgsOf, type AudioFormat } from './formats.ts'
import type { TagsWithPicture } from './tags.ts'

const maxPrintedChars = 1024 * 1024

/**
 * Returns title, artist and album as ffmpeg reads them, which leaves out covers. For files whose covers are too large
 * for our other reader.
 */
export async function readHeaderTags(
  limits: FfmpegLimits,
  fileName: string,
  format: AudioFormat
): Promise<TagsWithPicture | null> {
  let printed = ''
  const { code } = await runFfmpeg(limits, {
    logLevel: 'error',
    inputArgs: inputArgsOf(format, fileName),
    // The tags of Ogg belong to a stream, those of all other formats to the file.
    outputArgs: ['-map_metadata', format.demuxer === 'ogg' ? '0:s:a:0' : '0', '-f', 'ffmetadata', 'pipe:1'],
    async read(output) {
      for await (const chunk of output.setEncoding('utf8')) {
        if (printed.length < maxPrintedChars) printed += chunk
      }
    }
  })
  if (code !== 0) return null
  const find = (name: string) => new RegExp(`^${name}=((?:\\\\[^]|[^\\\\\\n])*)$`, 'im').exec(printed)?.[1]
  // https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
  const valueOf = (name: string) => find(name)?.replace(/\\([^])/g, '$1') ?? null
  return {
    title: valueOf('title'),
    artist: valueOf('artist'),
    album: valueOf('album'),
    durationMs: null,
    picture: null
  }
}
