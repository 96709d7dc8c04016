import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { ArtistCard } from '../../../../contract/metadata.ts'
import { Exactly, Id } from '../../../../contract/primitives.ts'
import { stricterLimit } from '../../../../plugins/external/rate-limit/stricter-limit.ts'

/** A card may make the server ask repositories. */
const maxPerMinute = 60

/** Cards of artists. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      config: { rateLimit: stricterLimit(maxPerMinute, app.config) },
      schema: {
        tags: ['metadata'],
        operationId: 'getArtist',
        summary: 'The card of an artist, by the artistKey of a song or a playlist item',
        params: Exactly({ key: Id }),
        response: { 200: ArtistCard, ...errorAnswers('NOT_FOUND') }
      }
    },
    async request => await app.artistCards.get(request.params.key)
  )
}

export default routes
