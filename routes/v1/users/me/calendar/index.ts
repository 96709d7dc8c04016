import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CalendarFeed, CalendarFeedAddress, CalendarFeedQuery } from '../../../../../contract/calendars.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'
import { calendarAnswers, sendCalendar } from '../../../calendar-answer.ts'

/** The calendar feed with the shows of the people whom the caller follows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'getMyCalendar',
        summary: 'Whether you have a calendar feed, and since when',
        response: { 200: CalendarFeed, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.calendars.get(callerOf(request).userId)
  )

  app.put(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'putMyCalendar',
        summary: 'Make a secret address for your calendar feed; the address before it stops working',
        response: { 200: CalendarFeedAddress, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.calendars.create(callerOf(request).userId)
    }
  )

  app.delete(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteMyCalendar',
        summary: 'Revoke the address of your calendar feed',
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      await app.calendars.remove(callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )

  // The key is in the query, which no log line has.
  app.get(
    '.ics',
    {
      schema: {
        tags,
        operationId: 'getCalendarFeed',
        summary: 'The public shows on air and to come of the people whom the owner of the key follows, as a calendar',
        querystring: CalendarFeedQuery,
        response: { ...calendarAnswers, ...errorAnswers('NOT_FOUND') }
      }
    },
    async (request, reply) =>
      await sendCalendar(request, reply, await app.calendars.getByKey(request.query.key), 'private')
  )
}

export default routes
