import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'

const dist = join(import.meta.dirname, '..', '..', 'web', 'dist')
const hint = 'The web client is not built here. Start the server with: npm start\n'
/** Addresses that are the API's: what is not found there is an error and not a page. */
const apiAddress = /^\/(v1|docs|socket\.io|assets|healthz|readyz|metrics)(\/|$)/

/** The web client at `/`: its own addresses all get the page, hashed files are kept by browsers for good. */
export default fp(async app => {
  const built = existsSync(join(dist, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: dist,
      wildcard: false,
      index: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (reply, path) => { reply.header('cache-control', path.includes(`${join(dist, 'assets')}`) ? 'public, max-age=31536000, immutable' : 'no-cache') }
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    const wantsPage = (request.method === 'GET' || request.method === 'HEAD') && !apiAddress.test(path) && (request.headers.accept ?? '*/*').match(/text\/html|\*\/\*/)
    if (!wantsPage) throw new CodedError('NOT_FOUND', 'There is no such address.')
    return built ? await reply.header('cache-control', 'no-cache').sendFile('index.html') : await reply.code(404).type('text/plain').send(hint)
  })
}, { name: 'web-client', dependencies: ['errors'] })
