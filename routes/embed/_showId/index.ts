import type { FastifyBaseLogger } from 'fastify'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CodedError } from '../../../contract/errors.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import type { Show } from '../../../contract/shows.ts'
import { mediaTypes } from '../../../plugins/app/replays/replay-view.ts'
import { withPlayer, type EmbedSound } from '../../../plugins/app/shows/embed-page.ts'

/** The player of a show for other websites. It is the only page that they may show in a frame. */
const routes: FastifyPluginAsyncTypebox = async app => {
  if (!app.webClient.isBuilt) return

  app.get(
    '/',
    { schema: { hide: true, params: Exactly({ showId: Id }) }, prefixTrailingSlash: 'no-slash' },
    async ({ params: { showId }, log }, reply) => {
      const show = await findPublicShow(showId, log)
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

  /** Returns the show if anybody may see it. */
  async function findPublicShow(showId: string, log: FastifyBaseLogger): Promise<Show | undefined> {
    try {
      return await app.shows.get(showId, null)
    } catch (error) {
      if (!(error instanceof CodedError)) log.warn({ err: error, showId }, 'embedded player served without its show')
      return undefined
    }
  }

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
    try {
      const { audio } = await app.replays.get(showId, null)
      const sources = audio.map(({ format, url }) => ({ url, type: mediaTypes[format] }))
      return sources.length > 0 ? { isLive: false, sources } : null
    } catch (error) {
      if (!(error instanceof CodedError)) log.warn({ err: error, showId }, 'embedded player served without its replay')
      return null
    }
  }
}

export default routes
