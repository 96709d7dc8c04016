import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { CodedError } from '../../../contract/errors.ts'
import { Page } from '../../../contract/paging.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { Song, SongsQuery } from '../../../contract/songs.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'
import { takeFile } from '../../../plugins/external/multipart.ts'

const Form = Exactly({ file: Type.String({ format: 'binary', description: 'An audio file' }) })
/** Taking a file in costs more than other requests do. */
const uploadsPerMinute = 120

/** The caller's own songs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['songs']
  const security = [{ bearer: [] }]
  const maxBytes = app.config.LIMIT_UPLOAD_BYTES
  const params = Exactly({ songId: Id })

  /** Passes the file of the form on as it comes; what is refused is read to its end all the same, so that its sender sees the answer. */
  async function takeSong(request: FastifyRequest): Promise<Song | CodedError> {
    return await takeFile(request, maxBytes, async (file, fileName) => {
      async function* whole() {
        yield* file.iterator({ destroyOnReturn: false })
        if (file.truncated) throw new CodedError('PAYLOAD_TOO_LARGE', `The file may have ${maxBytes} bytes.`)
      }
      try {
        const said = Number(request.headers['content-length'] ?? maxBytes)
        return await app.songs.add(
          { ownerId: callerOf(request).userId, fileName, mostBytes: Math.min(said, maxBytes) },
          whole()
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
      preValidation: app.authenticateAccount,
      config: { takesFile: true, rateLimit: { max: Math.min(uploadsPerMinute, app.config.LIMIT_REST_PER_MINUTE) } },
      // The form is read as it comes in; its schema is for who reads the documentation.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        security,
        operationId: 'postSong',
        summary: 'Upload a song: it is made ready by and by, which song:status tells',
        consumes: ['multipart/form-data'],
        body: Form,
        response: { 201: Song, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      const taken = await takeSong(request)
      if (taken instanceof CodedError) throw taken
      return await reply.code(201).send(taken)
    }
  )

  app.get(
    '/',
    {
      preValidation: app.authenticateAccount,
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
      preValidation: app.authenticateAccount,
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

  app.delete(
    '/:songId',
    {
      preValidation: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'deleteSong',
        summary:
          'Delete a song; in playlists it stays, as one that is not available. While a live show plays it: CONFLICT',
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
