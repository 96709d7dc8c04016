import { randomUUID } from 'node:crypto'
import type { TranscriberAudio } from '../transcriber.ts'

/** Body of a request that starts a job. Its length is known, and the audio is never in memory as a whole. */
export interface MultipartBody {
  readonly contentType: string
  readonly sizeBytes: number
  open(): AsyncGenerator<Uint8Array, void, void>
}

/** Returns a form with the configuration of a job and its audio: https://www.rfc-editor.org/rfc/rfc7578 */
export function multipartBody(config: object, audio: TranscriberAudio): MultipartBody {
  const boundary = `ambient-${randomUUID()}`
  const begin = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="config"\r\nContent-Type: application/json\r\n\r\n` +
      `${JSON.stringify(config)}\r\n--${boundary}\r\n` +
      'Content-Disposition: form-data; name="data_file"; filename="stint.ogg"\r\nContent-Type: audio/ogg\r\n\r\n'
  )
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    sizeBytes: begin.length + audio.sizeBytes + end.length,
    async *open() {
      yield begin
      const bytes: AsyncIterable<Uint8Array> = await audio.open()
      yield* bytes
      yield end
    }
  }
}
