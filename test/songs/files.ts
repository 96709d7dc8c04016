import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Has ffmpeg make a file from a description of its sound, with further arguments for how. */
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

/** What ffprobe and loudnorm say of a file. */
export async function examine(
  bytes: Uint8Array
): Promise<{ codec: string; rate: number; channels: number; durationMs: number; lufs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  const path = join(folder, 'song')
  try {
    await writeFile(path, bytes)
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path])
    const {
      streams: [stream],
      format
    } = JSON.parse(stdout) as {
      streams: { codec_name: string; sample_rate: string; channels: number }[]
      format: { duration: string }
    }
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
    return {
      codec: stream!.codec_name,
      rate: Number(stream!.sample_rate),
      channels: stream!.channels,
      durationMs: Math.round(1000 * Number(format.duration)),
      lufs: Number(/"input_i" : "([^"]+)"/.exec(stderr)![1])
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
