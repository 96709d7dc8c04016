import type { Song, SongFailure, SongUpdate } from '../../../client/index.ts'
import { isSongFile } from '../../../contract/song-files.ts'
import { toCodedError } from '../errors.ts'
import { formatBytes } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'

/** The reason why an upload failed, and whether trying again can help. */
export interface UploadError {
  readonly message: string
  readonly isRetryable: boolean
}

/** The space left for a user's songs. */
export interface UploadSpace {
  readonly leftBytes: number
  readonly maxFileBytes: number
}

const formats = 'MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF, Matroska, XM, MOD, S3M or IT'

const permanent = (message: string): UploadError => ({ message, isRetryable: false })
const retryable = (message: string): UploadError => ({ message, isRetryable: true })

/** Returns the obvious error of a file before it is uploaded; null when there is none. */
export function checkFile(
  { name, size, type }: Pick<File, 'name' | 'size' | 'type'>,
  space: UploadSpace | null
): UploadError | null {
  if (!isSongFile({ name, type })) return permanent(`This isn’t an audio file we can read. Choose ${formats}.`)
  if (size === 0) return permanent('This file is empty.')
  if (space && size > space.maxFileBytes) {
    return permanent(`This file is ${formatBytes(size)}. The limit is ${formatBytes(space.maxFileBytes)}.`)
  }
  if (space && size > space.leftBytes) {
    return retryable(`Not enough space: ${formatBytes(space.leftBytes)} left. Delete a song first.`)
  }
  return null
}

/** Errors of what a browser found, or did not find, in a drop. */
export const dropErrors = {
  unreadable: permanent('The browser couldn’t read this. Check its permissions and try again.'),
  withoutSongs: permanent('There are no songs in this folder.')
} as const

/** Returns why an upload request failed. */
export function uploadErrorOf(error: unknown): UploadError {
  const { code, message } = toCodedError(error)
  switch (code) {
    case 'UNSUPPORTED_MEDIA':
      return permanent(`This isn’t an audio file we can read. Choose ${formats}.`)
    case 'PAYLOAD_TOO_LARGE':
      return retryable(message)
    case 'UNAUTHENTICATED':
      return retryable('You’re signed out. Sign in and try again.')
    case 'FORBIDDEN':
      return permanent('Guests can’t upload songs. Sign in with an account.')
    default:
      return retryable(message)
  }
}

const processingErrors: Readonly<Record<SongFailure, UploadError>> = {
  notAudio: permanent('There’s no audio in this file that we can read.'),
  tooLong: permanent('This song is too long.'),
  tooDemanding: permanent('This file takes too much to process. Save it in another format and try that.'),
  quota: retryable('You’re out of space. Delete a song first.'),
  interrupted: retryable('The server was interrupted several times while processing this song.')
}

type FailureCause = NonNullable<SongUpdate['failure']>['cause']

const causeErrors: Readonly<Record<FailureCause, UploadError>> = {
  unknownFormat: permanent(`We can’t read this kind of file. Choose ${formats}.`),
  noAudio: permanent('There’s no sound in this file.'),
  unsupportedCodec: permanent('We can’t decode the sound in this file. Save it in another format and try that.'),
  damaged: permanent('This file is damaged or incomplete.'),
  loudness: permanent('This sound is too short or too uneven to bring to the loudness of other songs.')
}

/** Returns why the server could not process an uploaded song. */
export function processingErrorOf({ reason, failure }: Partial<Pick<Song, 'reason' | 'failure'>>): UploadError {
  if (failure?.cause === 'damaged' && failure.atMs) {
    return permanent(`This file is damaged or incomplete: its sound breaks off at ${formatDuration(failure.atMs)}.`)
  }
  // A newer server may know more causes.
  const error = failure && causeErrors[failure.cause]
  return error ?? (reason ? processingErrors[reason] : retryable('This song couldn’t be processed.'))
}
