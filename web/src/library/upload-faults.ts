import { CodedError, type SongFailure } from '../../../client/index.ts'
import { bytesText } from './bytes-text.ts'

/** Why a file became no song, in words, and whether another try may do better. */
export interface UploadFault {
  readonly words: string
  readonly isWorthRetrying: boolean
}

/** What the server still takes of somebody, bytes; null while it is not known. */
export interface Room {
  readonly leftBytes: number
  readonly largestBytes: number
}

const kinds = 'MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF or Matroska'
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

/** For the file picker; what is let through all the same is looked at by the server. */
export const acceptedKinds: readonly string[] = ['audio/*', ...[...extensions].map(extension => `.${extension}`)]

const final = (words: string): UploadFault => ({ words, isWorthRetrying: false })
const passing = (words: string): UploadFault => ({ words, isWorthRetrying: true })

/** What is plainly wrong with a file before anything of it is sent; null when nothing is. */
export function faultOfFile(
  { name, size, type }: Pick<File, 'name' | 'size' | 'type'>,
  room: Room | null
): UploadFault | null {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  if (!extensions.has(extension) && !type.startsWith('audio/')) {
    return final(`This is not a sound file we can read. Choose ${kinds}.`)
  }
  if (size === 0) return final('The file is empty.')
  if (room && size > room.largestBytes) {
    return final(`The file has ${bytesText(size)}; one may have ${bytesText(room.largestBytes)}.`)
  }
  if (room && size > room.leftBytes) {
    return passing(`There is no room for it: ${bytesText(room.leftBytes)} are left. Delete a song first.`)
  }
  return null
}

/** Why the server, or the way to it, refused an upload. */
export function faultOfRefusal(error: unknown): UploadFault {
  const { code, message } = error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
  switch (code) {
    case 'UNSUPPORTED_MEDIA':
      return final(`This is not a sound file we can read. Choose ${kinds}.`)
    case 'PAYLOAD_TOO_LARGE':
      return passing(message)
    case 'UNAUTHENTICATED':
      return passing('You are signed out. Sign in and try again.')
    case 'FORBIDDEN':
      return final('Guests can’t keep songs. Sign in with an account.')
    default:
      return passing(message)
  }
}

const failures: Readonly<Record<SongFailure, UploadFault>> = {
  notAudio: final('There is no sound in it that we can read.'),
  tooLong: final('It is too long to be a song here.'),
  tooDemanding: final('It takes too much to read it. Save it as another kind of file and try that.'),
  quota: passing('There is no room left for it. Delete a song first.'),
  interrupted: passing('The server was interrupted several times while getting it ready.')
}

/** Why what was sent became no song. */
export function faultOfFailure(reason: SongFailure | null | undefined): UploadFault {
  return reason ? failures[reason] : passing('It could not be made ready.')
}
