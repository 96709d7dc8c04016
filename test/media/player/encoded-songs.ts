import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const run = promisify(execFile)

/** One packet as ffprobe reports it. */
export interface ProbedPacket {
  pts: number
  duration: number
  size: number
}

/** A file that ffmpeg encoded, and where it is. */
export interface EncodedSong {
  path: string
  file: Buffer
}

/**
 * Encodes stereo noise to an Ogg Opus file with ffmpeg, as uploads are encoded, but with the least effort of the
 * encoder because only the container and the packets matter. `options`: for the encoder and the muxer.
 */
export async function encodeSong(t: Test, seconds: number, options: string[] = []): Promise<EncodedSong> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-song-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'song.ogg')
  await run('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `anoisesrc=sample_rate=48000:duration=${seconds}:amplitude=0.3:seed=1`,
    '-ac',
    '2',
    '-c:a',
    'libopus',
    '-compression_level',
    '0',
    '-b:a',
    '128k',
    '-ar',
    '48000',
    ...options,
    path
  ])
  return { path, file: await readFile(path) }
}

/** Reads the packets of a file with ffprobe. */
export async function probePackets({ path }: EncodedSong): Promise<ProbedPacket[]> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'packet=pts,duration,size', '-of', 'json', path],
    { maxBuffer: 64 * 1024 * 1024 }
  )
  const { packets }: { packets: { pts: number; duration: number; size: string }[] } = JSON.parse(stdout)
  return packets.map(({ pts, duration, size }) => ({ pts, duration, size: Number(size) }))
}
