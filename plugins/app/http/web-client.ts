import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Show } from '../../../contract/shows.ts'
import { withLinkPreview } from './link-preview.ts'

const dist = join(import.meta.dirname, '..', '..', '..', 'web', 'dist')
const pageFile = join(dist, 'index.html')
const hint = 'The web client is not built here. Start the server with: npm start\n'
/** Addresses that are the API's: what is not found there is an error and not a page. */
const apiAddress = /^\/(v1|docs|socket\.io|assets|healthz|readyz|metrics)(\/|$)/

/** The web client at `/`: its own addresses all get the page, hashed files are kept by browsers for good. */
export default fp(
  async app => {
    const built = existsSync(pageFile)
    if (built) {
      await app.register(fastifyStatic, {
        root: dist,
        wildcard: false,
        index: false,
        dotfiles: 'ignore',
        cacheControl: false,
        setHeaders: (reply, path) => {
          reply.header(
            'cache-control',
            path.includes(`${join(dist, 'assets')}`) ? 'public, max-age=31536000, immutable' : 'no-cache'
          )
        }
      })
      app.get<{ Params: { showId: string } }>(
        '/shows/:showId',
        { schema: { hide: true } },
        async ({ params, log }, reply) => {
          const show = await showForStrangers(app, params.showId, log)
          const page = await readFile(pageFile, 'utf8')
          return await reply
            .header('cache-control', 'no-cache')
            .type('text/html; charset=utf-8')
            .send(show ? withLinkPreview(page, show, app.publicUrl()) : page)
        }
      )
    }
    app.setNotFoundHandler(async (request, reply) => {
      const path = request.url.split('?')[0] ?? '/'
      const wantsPage =
        (request.method === 'GET' || request.method === 'HEAD') &&
        !apiAddress.test(path) &&
        (request.headers.accept ?? '*/*').match(/text\/html|\*\/\*/)
      if (!wantsPage) throw new CodedError('NOT_FOUND', 'There is no such address.')
      return built
        ? await reply.header('cache-control', 'no-cache').sendFile('index.html')
        : await reply.code(404).type('text/plain').send(hint)
    })
  },
  { name: 'web-client', dependencies: ['errors', 'public-url', 'shows'] }
)

/** The show as somebody unknown may see it; null when they may not, or when the store does not answer: the page itself comes in any case. */
async function showForStrangers(app: FastifyInstance, showId: string, log: FastifyBaseLogger): Promise<Show | null> {
  try {
    return await app.shows.get(showId, null)
  } catch (error) {
    if (!(error instanceof CodedError)) log.warn({ err: error, showId }, "a show's page goes out without a preview")
    return null
  }
}
