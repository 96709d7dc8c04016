import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Creates an audio file with ffmpeg from a lavfi source, with further ffmpeg arguments. */
export async function makeFile(
  name: string,
  args: readonly string[],
  source = 'sine=frequency=440:duration=3'
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  try {
    await run('ffmpeg', [
      '-hide_banner',
      '-nostdin',
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      source,
      ...args,
      join(folder, name)
    ])
    return await readFile(join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns the names of the files below a folder, at any depth. A missing folder has none. */
export async function fileNamesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isFile()).map(({ name }) => name)
}

async function withFile<T>(bytes: Uint8Array, task: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  const path = join(folder, 'song')
  try {
    await writeFile(path, bytes)
    return await task(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Inspects an audio file with ffprobe. */
export async function probe(
  bytes: Uint8Array
): Promise<{ codec: string; rate: number; channels: number; durationMs: number }> {
  return await withFile(bytes, async path => {
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path])
    const {
      streams: [stream],
      format
    } = JSON.parse(stdout) as {
      streams: { codec_name: string; sample_rate: string; channels: number }[]
      format: { duration: string }
    }
    return {
      codec: stream!.codec_name,
      rate: Number(stream!.sample_rate),
      channels: stream!.channels,
      durationMs: Math.round(1000 * Number(format.duration))
    }
  })
}

/** Measures the integrated loudness of an audio file, in LUFS. */
export async function measureLufs(bytes: Uint8Array): Promise<number> {
  return await withFile(bytes, async path => {
    const { stderr } = await run('ffmpeg', [
      '-hide_banner',
      '-nostdin',
      '-i',
      path,
      '-af',
      'loudnorm=print_format=json',
      '-f',
      'null',
      '-'
    ])
    return Number(/"input_i" : "([^"]+)"/.exec(stderr)![1])
  })
}
