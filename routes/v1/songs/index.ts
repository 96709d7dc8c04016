import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { CodedError } from '../../../contract/errors.ts'
import { Page } from '../../../contract/paging.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { Song, SongPatch, SongsQuery } from '../../../contract/songs.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'
import { takeFile } from '../../../plugins/external/multipart.ts'
import { stricterLimit } from '../../../plugins/external/rate-limit/stricter-limit.ts'

const Form = Exactly({ file: Type.String({ format: 'binary', description: 'An audio file' }) })
/** Uploads cost more than other requests. */
const maxUploadsPerMinute = 120

/** The songs of the caller. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['songs']
  const security = [{ bearer: [] }]
  const maxBytes = app.config.LIMIT_UPLOAD_BYTES
  const params = Exactly({ songId: Id })

  /**
   * Streams the file of the form into the storage. Reads a refused file to its end, so that the client sees the answer.
   */
  async function storeUpload(request: FastifyRequest): Promise<Song | CodedError> {
    return await takeFile(request, maxBytes, async (file, fileName) => {
      async function* content() {
        yield* file.iterator({ destroyOnReturn: false })
        if (file.truncated) throw new CodedError('PAYLOAD_TOO_LARGE', `The file may have up to ${maxBytes} bytes.`)
      }
      try {
        const requestBytes = Number(request.headers['content-length'] ?? maxBytes)
        return await app.songs.add(
          { ownerId: callerOf(request).userId, fileName, maxBytes: Math.min(requestBytes, maxBytes) },
          content()
        )
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        file.resume()
        return error
      }
    })
  }

  app.post(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { takesFile: true, rateLimit: stricterLimit(maxUploadsPerMinute, app.config) },
      // The handler streams the form. Its schema only documents it.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        security,
        operationId: 'postSong',
        summary: 'Upload a song. It is transcoded afterwards, and song:status reports the progress',
        consumes: ['multipart/form-data'],
        body: Form,
        response: { 201: Song, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      const result = await storeUpload(request)
      if (result instanceof CodedError) throw result
      return await reply.code(201).send(result)
    }
  )

  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'listSongs',
        summary: "The caller's songs, newest first",
        querystring: SongsQuery,
        response: { 200: Page(Song), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.songs.list(callerOf(request).userId, request.query)
  )

  app.get(
    '/:songId',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'getSong',
        summary: "One of the caller's songs",
        params,
        response: { 200: Song, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.songs.get(callerOf(request).userId, request.params.songId)
  )

  app.patch(
    '/:songId',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'patchSong',
        summary: 'Change the fields of a song. No proposal replaces them, unless you name the field',
        params,
        body: SongPatch,
        response: {
          200: Song,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'VALIDATION')
        }
      }
    },
    async request => await app.songs.patch(callerOf(request).userId, request.params.songId, request.body)
  )

  app.delete(
    '/:songId',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'deleteSong',
        summary:
          'Delete a song. Playlists keep its entry, marked as not available. CONFLICT while a live show plays it',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.songs.delete(callerOf(request).userId, request.params.songId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
