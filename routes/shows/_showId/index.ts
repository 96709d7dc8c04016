import type { FastifyBaseLogger } from 'fastify'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CodedError } from '../../../contract/errors.ts'
import type { Show } from '../../../contract/shows.ts'
import { withLinkPreview } from '../../../plugins/app/shows/link-preview.ts'

/** The page of a show, with the tags that messengers and search engines read. */
const routes: FastifyPluginAsyncTypebox = async app => {
  if (!app.webClient.isBuilt) return

  app.get<{ Params: { showId: string } }>(
    '/',
    { schema: { hide: true }, prefixTrailingSlash: 'no-slash' },
    async ({ params, log }, reply) => {
      const show = await findPublicShow(params.showId, log)
      const page = await app.webClient.readPage()
      return await reply
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(show ? withLinkPreview(page, show, app.publicUrl()) : page)
    }
  )

  /** Returns the show if anybody may see it. Without the store the page is served all the same, without its tags. */
  async function findPublicShow(showId: string, log: FastifyBaseLogger): Promise<Show | undefined> {
    try {
      return await app.shows.get(showId, null)
    } catch (error) {
      if (!(error instanceof CodedError)) log.warn({ err: error, showId }, 'page of a show served without link preview')
      return undefined
    }
  }
}

export default routes
