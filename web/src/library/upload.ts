import type { UploadError } from './upload-errors.ts'

/** A file from the moment it is chosen until its song is ready. */
export interface Upload {
  readonly id: number
  readonly name: string
  readonly sizeBytes: number
  readonly state: 'waiting' | 'sending' | 'processing' | 'failed'
  /** Progress of sending or of processing, 0 to 1; null while it is unknown. */
  readonly progress: number | null
  readonly error: UploadError | null
  /** The song on the server, once it exists. */
  readonly songId: string | null
}

/** All uploads; a new object after every change. */
export interface UploadsView {
  readonly uploads: readonly Upload[]
  /** The latest message for the live region. */
  readonly announcement: string
}

/** Returns an upload that failed before it began, and that cannot be tried again. */
export const failedUpload = (id: number, name: string, error: UploadError): Upload => ({
  id,
  name,
  sizeBytes: 0,
  state: 'failed',
  progress: null,
  error,
  songId: null
})
