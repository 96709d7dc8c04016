import { join } from 'node:path'
import type { Config } from '../../../config/config.ts'

/** Settings of the recordings. */
export interface RecordingSettings {
  /** Maximum bytes of the recordings of one creator's shows. */
  limitBytes: number
  /** Days after the end of a show after which its recording is deleted; undefined: never. */
  retentionDays: number | undefined
  /** Folder on this machine for stints that are not in the storage yet. */
  spoolFolder: string
  /** Free space that the disk of the spool keeps. */
  minFreeBytes: number
}

export function recordingSettings(config: Config): RecordingSettings {
  return {
    limitBytes: config.LIMIT_RECORDING_BYTES,
    retentionDays: config.RECORDING_RETENTION_DAYS,
    spoolFolder: join(config.DATA_DIR, 'recordings'),
    minFreeBytes: config.MIN_FREE_BYTES
  }
}
