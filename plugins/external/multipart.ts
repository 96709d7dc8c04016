import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError, invalidRequest, type ErrorCode } from '../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Number of uploads in progress, by user id. */
    uploadsInProgress: Map<string, number>
  }
  interface FastifyContextConfig {
    /** The body is multipart with one file. */
    takesFile?: boolean
    /** The body may be any form, which is not read. All other routes reject multipart. */
    takesForm?: boolean
  }
}

/** Name of the form part with the file. */
const filePart = 'file'
/**
 * Maximum number of concurrent uploads of one person. The storage may hold parts of each in memory for as long as its
 * client sends.
 */
const maxUploadsPerPerson = 4
const retryAfterMs = 5000
/**
 * A form that is too large is read up to this many bytes more, because a client that is cut off does not see the
 * answer.
 */
const maxExcessBytes = 32 * 1024 * 1024

const formErrors: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_REQ_FILE_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The file is too large.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['UNSUPPORTED_MEDIA', 'Send the file as multipart/form-data.'],
  FST_MP_PREMATURE_CLOSE: ['VALIDATION', 'The form ends too early.']
}

/**
 * Streams the file of a form to `take`, and returns its result once the form was read to its end. A file that is
 * `truncated` afterwards was too large. Throws UNSUPPORTED_MEDIA, VALIDATION for anything but one file, RATE_LIMITED
 * for too many concurrent uploads of one person, and the errors of `take`.
 */
export async function takeFile<T>(request: FastifyRequest, maxBytes: number, take: Take<T>): Promise<T> {
  const {
    server: { uploadsInProgress },
    caller
  } = request
  const userId = caller?.userId ?? ''
  const before = uploadsInProgress.get(userId) ?? 0
  if (before >= maxUploadsPerPerson) {
    throw new CodedError('RATE_LIMITED', `Send at most ${maxUploadsPerPerson} files at a time.`, {
      retryAfterMs
    })
  }
  uploadsInProgress.set(userId, before + 1)
  try {
    return await readForm(request, maxBytes, take)
  } finally {
    const left = (uploadsInProgress.get(userId) ?? 1) - 1
    if (left > 0) uploadsInProgress.set(userId, left)
    else uploadsInProgress.delete(userId)
  }
}

type Take<T> = (file: MultipartFile['file'], fileName: string) => Promise<T>

async function readForm<T>(request: FastifyRequest, maxBytes: number, take: Take<T>): Promise<T> {
  const taken: T[] = []
  const parts = request.parts({ limits: { fileSize: maxBytes } })
  for (let part = await readPart(parts.next()); !part.done; part = await readPart(parts.next())) {
    if (part.value.type !== 'file') throw notOneFile()
    const { file, fieldname, filename } = part.value
    file.once('limit', () => limitExcess(request))
    if (fieldname === filePart) taken.push(await readPart(take(file, unescapeName(filename)), isParserError))
    else file.resume()
  }
  const [only] = taken
  if (only === undefined || taken.length > 1) throw notOneFile()
  return only
}

/** Reads the file of a form into memory. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, VALIDATION. */
export async function readUpload(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  return await takeFile(request, maxBytes, async file => {
    const bytes = Buffer.concat(await file.toArray())
    if (file.truncated) throw new CodedError('PAYLOAD_TOO_LARGE', `The file may have at most ${maxBytes} bytes.`)
    return bytes
  })
}

/**
 * Returns a file name as it was before a browser put it into a form. Browsers escape these characters and no others:
 * https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
function unescapeName(name: string): string {
  return name.replace(/%(22|0A|0D)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function notOneFile(): CodedError {
  return invalidRequest([{ path: `/${filePart}`, message: 'must be the one file of the form' }])
}

/** Cuts off a client that keeps sending a file that is too large. */
function limitExcess({ raw }: FastifyRequest): void {
  let excessBytes = 0
  raw.on('data', (chunk: Buffer) => {
    excessBytes += chunk.length
    if (excessBytes > maxExcessBytes) raw.destroy()
  })
}

/** Reads a part of the form. An error of the form is a mistake of the client. */
async function readPart<T>(reading: Promise<T>, isFormError: (error: unknown) => boolean = () => true): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (!isFormError(error)) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new CodedError(...(formErrors[code] ?? ['VALIDATION', 'The form is malformed, or holds more than one file.']))
  }
}

/** Tells errors of the form parser from other errors of `take`. The parser has no class of its own for them. */
function isParserError(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && String(error.code).startsWith('FST_')) || error.message.endsWith('multipart data'))
  )
}

/** Uploads: forms with one file, on routes that take one. */
export default fp(
  async app => {
    await app.register(multipart, {
      throwFileSizeLimit: false,
      limits: { files: 1, fields: 0, parts: 1, headerPairs: 20 }
    })
    app.decorate('uploadsInProgress', new Map())
    app.addHook('onRequest', ({ routeOptions, raw: { headers } }, _reply, done) => {
      const type = headers['content-type']
      const isForm = type !== undefined && /^\s*multipart\//i.test(type)
      done(
        isForm && !routeOptions.config?.takesFile && !routeOptions.config?.takesForm
          ? new CodedError('UNSUPPORTED_MEDIA', 'Send application/json.')
          : undefined
      )
    })
  },
  { name: 'multipart' }
)
