import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { TagsInUse } from '../../../contract/tags.ts'

/** Tags of public shows, for everybody. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      schema: {
        tags: ['shows'],
        operationId: 'listTags',
        summary: 'The tags of public shows that are live or planned, those of the largest number of shows first',
        response: { 200: TagsInUse, ...errorAnswers() }
      }
    },
    async () => ({ items: await app.shows.tagsInUse() })
  )
}

export default routes
