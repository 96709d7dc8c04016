import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

/** One packet as ffprobe tells it. */
export interface ProbedPacket {
  pts: number
  duration: number
  size: number
}

/** What ffmpeg made, and what ffprobe found in it. */
export interface MadeSong {
  file: Buffer
  packets: ProbedPacket[]
}

/** Has ffmpeg make an Ogg Opus file of a tone that rises, as uploads become. `options`: for the encoder and the muxer. */
export async function makeSong(t: Test, seconds: number, options: string[] = []): Promise<MadeSong> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'song.ogg')
  await run('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `aevalsrc=0.3*sin(200*t*t)|0.3*sin(300*t*t):s=48000:d=${seconds}`,
    '-c:a',
    'libopus',
    '-b:a',
    '96k',
    '-ar',
    '48000',
    ...options,
    path
  ])
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'packet=pts,duration,size', '-of', 'json', path],
    { maxBuffer: 64 * 1024 * 1024 }
  )
  const { packets }: { packets: { pts: number; duration: number; size: string }[] } = JSON.parse(stdout)
  return {
    file: await readFile(path),
    packets: packets.map(({ pts, duration, size }) => ({ pts, duration, size: Number(size) }))
  }
}
