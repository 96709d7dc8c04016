import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Playlist, PlaylistEdit } from '../../../../../contract/playlist.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Playlist of a show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']
  const params = Exactly({ showId: Id })

  app.get(
    '/',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getPlaylist',
        summary: "A show's playlist",
        params,
        response: { 200: Playlist, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params, caller }) => await app.playlists.get(params.showId, caller?.userId ?? null)
  )

  app.put(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security: [{ bearer: [] }],
        operationId: 'putPlaylist',
        summary: "Replace a show's playlist. CONFLICT for a stale version. The room of a live show takes it over",
        params,
        body: PlaylistEdit,
        response: { 200: Playlist, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.playlists.put(request.params.showId, callerOf(request).userId, request.body)
  )
}

export default routes
