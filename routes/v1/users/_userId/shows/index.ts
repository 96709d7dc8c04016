import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { calendarAnswers, sendCalendar } from '../../../calendar-answer.ts'

/** The calendar of a creator. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '.ics',
    {
      schema: {
        tags: ['users'],
        operationId: 'getShowsCalendar',
        summary: 'The public shows of a creator on air and to come, as a calendar (iCalendar)',
        params: Exactly({ userId: Id }),
        response: { ...calendarAnswers, ...errorAnswers('NOT_FOUND') }
      }
    },
    async (request, reply) =>
      await sendCalendar(request, reply, await app.calendars.getOfCreator(request.params.userId), 'public')
  )
}

export default routes
