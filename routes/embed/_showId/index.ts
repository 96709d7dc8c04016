import type { FastifyBaseLogger } from 'fastify'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Exactly, Id } from '../../../contract/primitives.ts'
import type { Show } from '../../../contract/shows.ts'
import { findForPage } from '../../../plugins/app/http/find-for-page.ts'
import { mediaTypes } from '../../../plugins/app/replays/replay-view.ts'
import { withPlayer, type EmbedSound } from '../../../plugins/app/shows/embed-page.ts'

/** The player of a show for other websites. It is the only page that they may show in a frame. */
const routes: FastifyPluginAsyncTypebox = async app => {
  if (!app.webClient.isBuilt) return

  app.get(
    '/',
    { schema: { hide: true, params: Exactly({ showId: Id }) }, prefixTrailingSlash: 'no-slash' },
    async ({ params: { showId }, log }, reply) => {
      // The show if anybody may see it.
      const show = await findForPage(
        app.shows.get(showId, null),
        log,
        showId,
        'embedded player served without its show'
      )
      const page = await app.webClient.readEmbedPage()
      return await reply
        .headers(app.frameableHeaders)
        .removeHeader('x-frame-options')
        .code(show ? 200 : 404)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(withPlayer(page, show, show ? await findSound(show, log) : null, app.publicUrl()))
    }
  )

  async function findSound(
    { id, status, visibility, settings }: Show,
    log: FastifyBaseLogger
  ): Promise<EmbedSound | null> {
    if (status === 'ended') return await findReplay(id, log)
    if (status !== 'live' || visibility !== 'public' || settings.program !== true) return null
    return {
      isLive: true,
      sources: [
        { url: `/live/${id}.mp3`, type: 'audio/mpeg' },
        { url: `/live/${id}/hls/index.m3u8`, type: 'application/vnd.apple.mpegurl' }
      ]
    }
  }

  /** Returns the published replay of a show. */
  async function findReplay(showId: string, log: FastifyBaseLogger): Promise<EmbedSound | null> {
    const replay = await findForPage(
      app.replays.get(showId, null),
      log,
      showId,
      'embedded player served without its replay'
    )
    const sources = replay?.audio.map(({ format, url }) => ({ url, type: mediaTypes[format] })) ?? []
    return sources.length > 0 ? { isLive: false, sources } : null
  }
}

export default routes
