import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { SeriesPatch } from '../../../contract/shows.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../plugins/external/rate-limit/stricter-limit.ts'

const params = Exactly({ seriesId: Id })

/** Series of shows that repeat, for their creators. `POST /v1/shows` with `repeat` begins one. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }
  const config = { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) }
  const response = { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }

  app.patch(
    '/:seriesId',
    {
      ...account,
      config,
      schema: {
        tags,
        security,
        operationId: 'patchSeries',
        summary: 'Change the planned show of a series and all later ones',
        params,
        body: SeriesPatch,
        response
      }
    },
    async (request, reply) => {
      await app.showSeries.patch(request.params.seriesId, callerOf(request).userId, request.body)
      return await reply.code(204).send(null)
    }
  )

  app.delete(
    '/:seriesId',
    {
      ...account,
      config,
      schema: {
        tags,
        security,
        operationId: 'deleteSeries',
        summary: 'End a series, and delete its planned show',
        params,
        response
      }
    },
    async (request, reply) => {
      await app.showSeries.remove(request.params.seriesId, callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
