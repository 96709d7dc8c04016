import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { CodedError } from '../../../../../contract/errors.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { ShowProgram } from '../../../../../contract/program.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** The addresses of a show's HTTP stream. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'getShowProgram',
        summary: 'The addresses of the HTTP stream of a show, and about how many people hear it. For its hosts',
        params: Exactly({ showId: Id }),
        response: { 200: ShowProgram, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE') }
      }
    },
    async request => {
      const { showId } = request.params
      await app.showGuard.authorize('moderate', showId, callerOf(request).userId)
      const base = `${app.publicUrl()}/live/${showId}`
      return {
        on: await isOn(showId),
        listeners: app.livePrograms.listeners(showId),
        urls: { mp3: `${base}.mp3`, aac: `${base}.aac`, opus: `${base}.opus`, hls: `${base}/hls/index.m3u8` }
      }
    }
  )

  async function isOn(showId: string): Promise<boolean> {
    try {
      await app.livePrograms.assertOn(showId)
      return true
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NOT_FOUND') return false
      throw error
    }
  }
}

export default routes
