import type { FastifyReply } from 'fastify'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import {
  PodcastChapters,
  Replay,
  ReplayComment,
  ReplayCommentsQuery,
  ReplayPatch,
  ReplayReactions
} from '../../../../../contract/replays.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { mediaTypes } from '../../../../../plugins/app/replays/replay-view.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'
import { withOpenHeaders } from '../../../../open-headers.ts'
import { audioAnswers, audioRateLimit, requesterOf, sendAudio, ticketQuery } from '../../../audio-answer.ts'

const params = Exactly({ showId: Id })
const FileQuery = ticketQuery(
  'The ticket in the address of the file, for a replay that is not published, or of a private show'
)
const Vtt = { description: 'WebVTT', content: { 'text/vtt': { schema: Type.String() } } }
const Chapters = { description: 'Chapters', content: { 'application/json+chapters': { schema: PodcastChapters } } }
/** Mixing takes minutes of a core. */
const mixesPerMinute = 5
const tags = ['replays']
const security = [{ bearer: [] }]
const hostErrors = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT')

/** Caches ask again each time, since a file may be withdrawn. */
const cacheControlOf = (isOpen: boolean) => (isOpen ? 'public, no-cache' : 'private, no-cache')

/** Sets who may keep a file: pages of other origins may load an open one, as any podcast. */
function withAccess(reply: FastifyReply, isOpen: boolean): FastifyReply {
  const cacheControl = cacheControlOf(isOpen)
  return isOpen ? withOpenHeaders(reply, cacheControl) : reply.header('cache-control', cacheControl)
}

/** The replay of an ended show that was recorded. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const { replays } = app

  app.get(
    '/',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getReplay',
        summary: 'The replay of a show. Unpublished ones are for the creator and co-hosts only',
        params,
        response: { 200: Replay, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params: { showId }, caller }, reply) => {
      reply.header('cache-control', 'no-store')
      return await replays.get(showId, caller?.userId ?? null)
    }
  )

  app.patch(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'patchReplay',
        summary: 'Publish, unpublish or trim a replay. For the creator',
        params,
        body: ReplayPatch,
        response: { 200: Replay, ...hostErrors }
      }
    },
    async request => await replays.patch(request.params.showId, callerOf(request).userId, request.body)
  )

  app.delete(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'deleteReplay',
        summary: 'Delete a replay with the recording of its show. For the creator',
        params,
        response: { 204: Type.Null(), ...hostErrors }
      }
    },
    async (request, reply) => {
      await replays.delete(request.params.showId, callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/mix',
    {
      onRequest: app.authenticateAccount,
      config: { rateLimit: stricterLimit(mixesPerMinute, app.config) },
      schema: {
        tags,
        security,
        operationId: 'mixReplay',
        summary: 'Mix a replay anew, after a failure or with songs that may be replayed meanwhile. For the creator',
        params,
        response: { 200: Replay, ...hostErrors }
      }
    },
    async request => await replays.mixAgain(request.params.showId, callerOf(request).userId)
  )

  app.get(
    '/comments',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'listReplayComments',
        summary: 'The comments of a show at their places in its replay, oldest first',
        params,
        querystring: ReplayCommentsQuery,
        response: { 200: Page(ReplayComment), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params: { showId }, query, caller }) => await replays.comments(showId, caller?.userId ?? null, query)
  )

  app.get(
    '/reactions',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getReplayReactions',
        summary: 'The number of reactions at each place of a replay',
        params,
        response: { 200: ReplayReactions, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params: { showId }, caller }) => await replays.reactions(showId, caller?.userId ?? null)
  )

  for (const [format, operationId] of [
    ['opus', 'getReplayOpus'],
    ['mp3', 'getReplayMp3']
  ] as const) {
    app.get(
      `/audio.${format}`,
      {
        onRequest: app.recognize,
        config: audioRateLimit(app.config.LIMIT_REST_PER_MINUTE),
        schema: {
          tags,
          operationId,
          summary: `The audio of a replay as ${format === 'mp3' ? 'MP3' : 'Ogg Opus'}, or a range of it`,
          params,
          querystring: FileQuery,
          response: {
            ...audioAnswers(mediaTypes[format], format === 'mp3' ? 'MP3' : 'Ogg Opus'),
            ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND')
          }
        }
      },
      async (request, reply) => {
        const { isOpen, ...file } = await replays.getAudio(request.params.showId, format, requesterOf(request))
        const audio = { ...file, mediaType: mediaTypes[format], cacheControl: cacheControlOf(isOpen) }
        return await sendAudio(request, withAccess(reply, isOpen), audio)
      }
    )
  }

  app.get(
    '/chapters.json',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getReplayChapters',
        summary: 'The chapters of a replay, for podcast players',
        params,
        querystring: FileQuery,
        response: { 200: Chapters, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const { content, isOpen } = await replays.getChapters(request.params.showId, requesterOf(request))
      return await withAccess(reply, isOpen).type('application/json+chapters').send(content)
    }
  )

  app.get(
    '/captions.vtt',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getReplayCaptions',
        summary: 'The captions of a replay with the names of the speakers',
        params,
        querystring: FileQuery,
        response: { 200: Vtt, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const { content, isOpen } = await replays.getCaptions(request.params.showId, requesterOf(request))
      return await withAccess(reply, isOpen).type('text/vtt; charset=utf-8').send(content)
    }
  )
}

export default routes
