import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transcode, type TranscodedSong } from '../../plugins/app/songs/transcode/transcode.ts'
import type { Tags } from '../../plugins/app/songs/transcode/tags.ts'

/** Transcodes a file in a folder of its own, without a server. Returns the song and its bytes. */
export async function transcoded(
  file: Uint8Array,
  {
    timeLimitMs = 60_000,
    maxDurationMs = 3_600_000,
    onProgress = () => {}
  }: {
    timeLimitMs?: number
    maxDurationMs?: number
    onProgress?: (progress: number) => void
  } = {}
): Promise<TranscodedSong & { bytes: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-transcoding-'))
  try {
    await writeFile(join(folder, 'upload'), file)
    const song = await transcode({
      folder,
      fileName: 'upload',
      frameMs: 60,
      timeLimitMs,
      maxDurationMs,
      signal: new AbortController().signal,
      parseTags: printed => printed as Tags,
      onProgress
    })
    return { ...song, bytes: await readFile(song.path) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
