import { join } from 'node:path'
import type { Config } from '../../../config/config.ts'

/** Settings of the songs, named without their prefixes. */
export interface SongSettings {
  quotaBytes: number
  maxUploadBytes: number
  maxDurationMs: number
  frameMs: number
  /** CPU time of each transcoding step, ms. */
  timeLimitMs: number
  maxParallelJobs: number
  leaseMs: number
  keepOriginals: boolean
  /** Folder on this machine for uploads that are being transcoded. */
  workFolder: string
}

export function songSettings(config: Config): SongSettings {
  return {
    quotaBytes: config.LIMIT_SONGS_BYTES_PER_PERSON,
    maxUploadBytes: config.LIMIT_UPLOAD_BYTES,
    maxDurationMs: config.LIMIT_SONG_MS,
    frameMs: Number(config.SONG_FRAME_MS),
    timeLimitMs: config.SONG_TIME_LIMIT_MS,
    maxParallelJobs: config.SONG_JOBS,
    leaseMs: config.SONG_LEASE_MS,
    keepOriginals: config.SONG_KEEP_ORIGINALS,
    workFolder: join(config.DATA_DIR, 'song-work')
  }
}
