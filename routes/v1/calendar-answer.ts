import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Calendar } from '../../plugins/app/notifications/calendars/calendar-text.ts'
import { hasCurrentVersion } from './audio-answer.ts'

/** Response schemas of a route that serves a calendar. */
export const calendarAnswers = {
  200: { description: 'iCalendar, RFC 5545', content: { 'text/calendar': { schema: Type.String() } } },
  304: Type.Null({ description: 'The version of the client is current' })
}

/** Answers with a calendar, unless the client has the current version. */
export async function sendCalendar(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { text, etag }: Calendar,
  cache: 'public' | 'private'
): Promise<void> {
  reply.headers({ etag, 'cache-control': `${cache}, max-age=300` })
  if (hasCurrentVersion(headers['if-none-match'], etag)) return await reply.code(304).send(null)
  return await reply.type('text/calendar; charset=utf-8').send(text)
}
