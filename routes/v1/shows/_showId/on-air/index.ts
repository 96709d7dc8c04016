import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { SongsOnAir } from '../../../../../contract/songs.ts'

/** The songs that a live show plays. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      schema: {
        tags: ['shows'],
        operationId: 'listSongsOnAir',
        summary:
          'The songs that a live show plays, has paused, or is about to play. Tracks of Spotify are not among them',
        params: Exactly({ showId: Id }),
        response: { 200: SongsOnAir, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params: { showId }, caller }) => {
      await app.shows.assertVisible(showId, caller?.userId ?? null)
      return { items: (await app.songs.onAir([showId])).get(showId) ?? [] }
    }
  )
}

export default routes
