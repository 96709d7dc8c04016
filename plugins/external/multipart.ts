import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError, type ErrorCode } from '../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is multipart with one file; every other route refuses multipart. */
    takesFile?: boolean
  }
}

/** The part of a form that holds the file. */
const filePart = 'file'
/** A form that is too large is read on for so long, since a sender who is cut off does not see the answer. */
const patienceBytes = 32 * 1024 * 1024

const codes: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_REQ_FILE_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The file is too large.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['UNSUPPORTED_MEDIA', 'Send the file as multipart/form-data.'],
  FST_MP_PREMATURE_CLOSE: ['VALIDATION', 'The form ends too early.']
}

/** The body's file as it comes in: read it, or it stands in the way of the answer. Throws UNSUPPORTED_MEDIA, VALIDATION. */
export async function uploadedFile (request: FastifyRequest, maxBytes: number): Promise<MultipartFile['file']> {
  const part = await sent(request.file({ limits: { fileSize: maxBytes } }))
  part?.file.once('limit', () => cutOffLater(request))
  if (part?.fieldname === filePart) return part.file
  part?.file.resume()
  throw new CodedError('VALIDATION', 'The request does not fit.', { issues: [{ path: `/${filePart}`, message: 'is required' }] })
}

/** The body's file, held in memory. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, VALIDATION. */
export async function uploadedBytes (request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const file = await uploadedFile(request, maxBytes)
  const bytes = Buffer.concat(await sent(file.toArray()))
  if (file.truncated) throw new CodedError('PAYLOAD_TOO_LARGE', `The file may have ${maxBytes} bytes.`)
  return bytes
}

/** Who sends on and on is not worth an answer. */
function cutOffLater ({ raw }: FastifyRequest): void {
  let restBytes = 0
  raw.on('data', (chunk: Buffer) => {
    restBytes += chunk.length
    if (restBytes > patienceBytes) raw.destroy()
  })
}

/** What goes wrong with a form is the sender's doing. */
async function sent<T> (reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new CodedError(...codes[code] ?? ['VALIDATION', 'The form is malformed, or holds more than one file.'])
  }
}

/** Uploads: forms of one file, where a route takes one. */
export default fp(async app => {
  await app.register(multipart, { throwFileSizeLimit: false, limits: { files: 1, fields: 0, parts: 1, headerPairs: 20 } })
  app.addHook('onRequest', async ({ routeOptions, headers }) => {
    const isForm = /^\s*multipart\//i.test(headers['content-type'] ?? '')
    if (isForm && !routeOptions.config?.takesFile) throw new CodedError('UNSUPPORTED_MEDIA', 'Send application/json.')
  })
}, { name: 'multipart' })
