import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { MetadataAcceptance, MetadataRejection, SongMetadata } from '../../../../../contract/metadata.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Proposals for one of the caller's songs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['metadata']
  const security = [{ bearer: [] }]
  const params = Exactly({ songId: Id })

  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'getSongMetadata',
        summary: 'A song with the proposals of metadata repositories. song:metadata says when they change',
        params,
        response: { 200: SongMetadata, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.songMetadata.get(callerOf(request).userId, request.params.songId)
  )

  app.post(
    '/accept',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'acceptSongMetadata',
        summary: 'Take the values of a proposal. Values that you typed stay unless their fields are named',
        params,
        body: MetadataAcceptance,
        response: { 200: SongMetadata, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION') }
      }
    },
    async request => await app.songMetadata.accept(callerOf(request).userId, request.params.songId, request.body)
  )

  app.post(
    '/reject',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'rejectSongMetadata',
        summary: 'Say that a proposal is about another song. It is not proposed again',
        params,
        body: MetadataRejection,
        response: { 200: SongMetadata, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION') }
      }
    },
    async request => {
      const { proposalId } = request.body
      return await app.songMetadata.reject(callerOf(request).userId, request.params.songId, proposalId)
    }
  )
}

export default routes
