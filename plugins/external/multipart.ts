import multipart, { type MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError, type ErrorCode } from '../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How many files of whom are coming in. */
    filesComingIn: Map<string, number>
  }
  interface FastifyContextConfig {
    /** The body is multipart with one file; every other route refuses multipart. */
    takesFile?: boolean
  }
}

/** The part of a form that holds the file. */
const filePart = 'file'
/** So many files of one person may come in at a time: of each the storage may hold some parts in memory, for as long as its sender likes. */
const filesAtOnce = 4
const comeBackAfterMs = 5000
/** A form that is too large is read on for so long, since a sender who is cut off does not see the answer. */
const patienceBytes = 32 * 1024 * 1024

const codes: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_REQ_FILE_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The file is too large.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['UNSUPPORTED_MEDIA', 'Send the file as multipart/form-data.'],
  FST_MP_PREMATURE_CLOSE: ['VALIDATION', 'The form ends too early.']
}

/**
 * Has the body's one file taken as it comes in; resolves with what that gave once the form was read to its end, and rejects when
 * it is not one file. What is `truncated` afterwards was too large. Throws UNSUPPORTED_MEDIA, VALIDATION, RATE_LIMITED for who sends too
 * many at a time, and what `take` throws.
 */
export async function takeFile<T>(request: FastifyRequest, maxBytes: number, take: Take<T>): Promise<T> {
  const {
    server: { filesComingIn },
    caller
  } = request
  const whose = caller?.userId ?? ''
  const before = filesComingIn.get(whose) ?? 0
  if (before >= filesAtOnce) {
    throw new CodedError('RATE_LIMITED', `Send at most ${filesAtOnce} files at a time.`, {
      retryAfterMs: comeBackAfterMs
    })
  }
  filesComingIn.set(whose, before + 1)
  try {
    return await readForm(request, maxBytes, take)
  } finally {
    const left = (filesComingIn.get(whose) ?? 1) - 1
    if (left > 0) filesComingIn.set(whose, left)
    else filesComingIn.delete(whose)
  }
}

type Take<T> = (file: MultipartFile['file'], fileName: string) => Promise<T>

async function readForm<T>(request: FastifyRequest, maxBytes: number, take: Take<T>): Promise<T> {
  const taken: T[] = []
  const parts = request.parts({ limits: { fileSize: maxBytes } })
  for (let part = await sent(parts.next()); !part.done; part = await sent(parts.next())) {
    if (part.value.type !== 'file') throw notOneFile()
    const { file, fieldname, filename } = part.value
    file.once('limit', () => cutOffLater(request))
    if (fieldname === filePart) taken.push(await sent(take(file, filename), isOfForm))
    else file.resume()
  }
  const [only] = taken
  if (only === undefined || taken.length > 1) throw notOneFile()
  return only
}

/** The body's file, held in memory. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, VALIDATION. */
export async function uploadedBytes(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  return await takeFile(request, maxBytes, async file => {
    const bytes = Buffer.concat(await file.toArray())
    if (file.truncated) throw new CodedError('PAYLOAD_TOO_LARGE', `The file may have ${maxBytes} bytes.`)
    return bytes
  })
}

function notOneFile(): CodedError {
  return new CodedError('VALIDATION', 'The request does not fit.', {
    issues: [{ path: `/${filePart}`, message: 'must be the one file of the form' }]
  })
}

/** Who sends on and on is not worth an answer. */
function cutOffLater({ raw }: FastifyRequest): void {
  let restBytes = 0
  raw.on('data', (chunk: Buffer) => {
    restBytes += chunk.length
    if (restBytes > patienceBytes) raw.destroy()
  })
}

/** What goes wrong with a form is the sender's doing. */
async function sent<T>(reading: Promise<T>, isTheirs: (error: unknown) => boolean = () => true): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (!isTheirs(error)) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new CodedError(...(codes[code] ?? ['VALIDATION', 'The form is malformed, or holds more than one file.']))
  }
}

/** Who takes a file may fail for reasons of their own; these are the parser's, who knows no other way to say so. */
function isOfForm(error: unknown): boolean {
  return (
    error instanceof Error &&
    (('code' in error && String(error.code).startsWith('FST_')) || error.message.endsWith('multipart data'))
  )
}

/** Uploads: forms of one file, where a route takes one. */
export default fp(
  async app => {
    await app.register(multipart, {
      throwFileSizeLimit: false,
      limits: { files: 1, fields: 0, parts: 1, headerPairs: 20 }
    })
    app.decorate('filesComingIn', new Map())
    app.addHook('onRequest', ({ routeOptions, headers }, _reply, done) => {
      const isForm = /^\s*multipart\//i.test(headers['content-type'] ?? '')
      done(
        isForm && !routeOptions.config?.takesFile
          ? new CodedError('UNSUPPORTED_MEDIA', 'Send application/json.')
          : undefined
      )
    })
  },
  { name: 'multipart' }
)
