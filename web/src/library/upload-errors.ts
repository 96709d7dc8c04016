import type { SongFailure } from '../../../client/index.ts'
import { toCodedError } from '../errors.ts'
import { formatBytes } from '../format/bytes.ts'

/** Why an upload failed, and whether trying again can help. */
export interface UploadError {
  readonly message: string
  readonly isRetryable: boolean
}

/** The space left for a user's songs. */
export interface UploadSpace {
  readonly leftBytes: number
  readonly maxFileBytes: number
}

const formats = 'MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF or Matroska'
const extensions: ReadonlySet<string> = new Set([
  'mp3',
  'm4a',
  'mp4',
  'aac',
  'flac',
  'ogg',
  'oga',
  'opus',
  'wav',
  'aif',
  'aiff',
  'aifc',
  'mka',
  'mkv',
  'webm'
])

/** The file types of the file picker. The server checks the content of every file. */
export const acceptedFileTypes: readonly string[] = ['audio/*', ...[...extensions].map(extension => `.${extension}`)]

const permanent = (message: string): UploadError => ({ message, isRetryable: false })
const retryable = (message: string): UploadError => ({ message, isRetryable: true })

/** Returns the obvious error of a file before it is uploaded; null when there is none. */
export function checkFile(
  { name, size, type }: Pick<File, 'name' | 'size' | 'type'>,
  space: UploadSpace | null
): UploadError | null {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  if (!extensions.has(extension) && !type.startsWith('audio/')) {
    return permanent(`This isn’t an audio file we can read. Choose ${formats}.`)
  }
  if (size === 0) return permanent('This file is empty.')
  if (space && size > space.maxFileBytes) {
    return permanent(`This file is ${formatBytes(size)}. The limit is ${formatBytes(space.maxFileBytes)}.`)
  }
  if (space && size > space.leftBytes) {
    return retryable(`Not enough space: ${formatBytes(space.leftBytes)} left. Delete a song first.`)
  }
  return null
}

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

/** Returns why the server could not process an uploaded song. */
export function processingErrorOf(reason: SongFailure | null | undefined): UploadError {
  return reason ? processingErrors[reason] : retryable('This song couldn’t be processed.')
}
