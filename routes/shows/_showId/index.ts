import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { findForPage } from '../../../plugins/app/http/find-for-page.ts'
import { withLinkPreview } from '../../../plugins/app/shows/link-preview.ts'

/** The page of a show, with the tags that messengers and search engines read. */
const routes: FastifyPluginAsyncTypebox = async app => {
  if (!app.webClient.isBuilt) return

  app.get<{ Params: { showId: string } }>(
    '/',
    { schema: { hide: true }, prefixTrailingSlash: 'no-slash' },
    async ({ params: { showId }, log }, reply) => {
      // The show if anybody may see it.
      const show = await findForPage(
        app.shows.get(showId, null),
        log,
        showId,
        'page of a show served without link preview'
      )
      const page = await app.webClient.readShowPage()
      return await reply
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(show ? withLinkPreview(page, show, app.publicUrl()) : page)
    }
  )
}

export default routes
