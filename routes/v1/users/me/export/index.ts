import type { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { IsoTime } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { exportOf } from '../../../../../plugins/app/privacy/export.ts'

const UnreadableRecord = Type.Object({
  domain: Type.String({
    description: 'The key of the document under which the record belongs',
    examples: ['comments']
  }),
  id: Type.Union([Type.String(), Type.Null()], { description: 'Null when the id is damaged too', examples: ['a1b2c3'] })
})

/** The answer is streamed, so it is never in memory as a whole. */
const Document = Type.Unsafe<Readable>(
  Type.Object(
    {
      exportedAt: IsoTime,
      unreadable: Type.Array(UnreadableRecord, {
        description: 'Records that are damaged in the store, so the export lacks them. Empty for a whole export'
      })
    },
    {
      additionalProperties: { type: 'array', items: { type: 'object' } },
      description: 'The records stored about the caller, by concern'
    }
  )
)

/** Export of the caller's personal data. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticate,
      schema: {
        tags: ['users'],
        security: [{ bearer: [] }],
        operationId: 'exportMe',
        summary: 'Export all data stored about you, as one JSON document',
        response: {
          200: Document,
          ...errorAnswers('UNAUTHENTICATED')
        }
      }
    },
    async (request, reply) => {
      const now = new Date()
      return await reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="ambient-${now.toISOString().slice(0, 10)}.json"`)
        .header('cache-control', 'no-store')
        .send(exportOf(callerOf(request).userId, { personalData: app.personalData, now, logger: request.log }))
    }
  )
}

export default routes
