import type { FastifyRequest } from 'fastify'
import { PictureForm } from '../../contract/pictures.ts'
import { readUpload } from '../../plugins/external/multipart.ts'

const maxBytes = 5 * 1024 * 1024

/** Maximum number of uploads per person and minute: decoding a picture costs more than other requests. */
export const pictureUploadsPerMinute = 30

/** Schema of a route that takes a picture. */
export const pictureForm = { consumes: ['multipart/form-data'], body: PictureForm }

/** The form is read as a stream. Its schema is for the documentation only. */
export const uncheckedForm = () => () => true as const

/** Reads the picture of a form. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, VALIDATION, RATE_LIMITED. */
export async function readPicture(request: FastifyRequest): Promise<Buffer> {
  return await readUpload(request, maxBytes)
}
