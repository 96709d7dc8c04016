import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { foreignPlaylist, formerIds, itemAnswer, playlistAnswer, playlists, trackAnswer, tracks } from './catalogue.ts'
import type { SpotifyStandInState } from './state.ts'

/** Maximum number of results of a search, for new apps since February 2026. */
const maxResults = 10
const maxItems = 50

/** Adds the routes of the Web API, as they are since February 2026 in the mode of the app. */
export function webApiRoutes(app: FastifyInstance, state: SpotifyStandInState): void {
  const listed = () => (state.followsForeignPlaylist ? [...playlists, foreignPlaylist] : playlists)
  const originOf = ({ host, protocol }: FastifyRequest) => `${protocol}://${host}`

  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/v1/')) return
    state.calls.push(request.url)
    if (state.failing.api) return await reply.code(502).send('down')
    if (state.rateLimit.calls > 0) {
      state.rateLimit.calls--
      return await reply
        .code(429)
        .header('retry-after', state.rateLimit.retryAfterS)
        .send({ error: { status: 429, message: 'API rate limit exceeded' } })
    }
    const token = state.accessTokens.get(request.headers.authorization?.replace('Bearer ', '') ?? '')
    if (!token || token.expiresAtMs <= Date.now()) {
      return await reply.code(401).send({ error: { status: 401, message: 'The access token expired' } })
    }
  })

  app.get('/v1/me', async (request, reply) => {
    const listener = listenerOf(request, state)
    if (!listener) return await reply.code(401).send({ error: { status: 401, message: 'Invalid access token' } })
    const { id, name, image } = listener
    return {
      id,
      display_name: name,
      type: 'user',
      images: image ? [{ url: image, width: 300, height: 300 }] : [],
      external_urls: { spotify: `https://open.spotify.com/user/${id}` }
    }
  })

  app.get('/v1/me/playlists', async request => {
    const { offset, limit } = pageOf(request)
    return {
      items: listed()
        .slice(offset, offset + limit)
        .map(playlist => playlistAnswer(playlist, originOf(request), state.mode)),
      total: listed().length,
      offset,
      limit
    }
  })

  /** Refused as at Spotify: the old address in development mode, the new one with extended quota, foreign playlists. */
  for (const address of ['items', 'tracks'] as const) {
    app.get(`/v1/playlists/:id/${address}`, async (request, reply) => {
      const { id } = request.params as { id: string }
      const playlist = listed().find(known => known.id === id)
      if (!playlist || (address === 'items' && state.mode === 'extended')) return await notFound(reply)
      const isRefused = address === 'tracks' ? state.mode !== 'extended' : playlist.isForeign
      if (isRefused) return await reply.code(403).send({ error: { status: 403, message: 'Forbidden' } })
      const { offset, limit } = pageOf(request)
      return {
        items: playlist.trackIds.slice(offset, offset + limit).map(trackId => {
          const item = itemAnswer(trackId, originOf(request))
          return {
            added_at: '2026-01-01T00:00:00Z',
            is_local: false,
            ...(state.mode !== 'extended' && { item }),
            ...(state.mode !== 'development' && { track: item })
          }
        }),
        total: playlist.trackIds.length,
        offset,
        limit
      }
    })
  }

  app.get('/v1/tracks/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    const track = tracks.find(known => known.id === (formerIds.get(id) ?? id))
    return track ? trackAnswer(track, originOf(request)) : await notFound(reply)
  })

  app.get('/v1/search', async (request, reply) => {
    const { q = '', type } = request.query as Record<string, string>
    const { offset, limit } = pageOf(request)
    if (type !== 'track' || limit > maxResults) {
      return await reply.code(400).send({ error: { status: 400, message: 'Invalid limit' } })
    }
    const found = tracks.filter(({ name, artist }) => `${name} ${artist}`.toLowerCase().includes(q.toLowerCase()))
    return {
      tracks: {
        items: found.slice(offset, offset + limit).map(track => trackAnswer(track, originOf(request))),
        total: found.length,
        offset,
        limit
      }
    }
  })

  app.get('/artwork/:name', async (request, reply) => {
    const { name } = request.params as { name: string }
    const hue = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 360
    return await reply.type('image/svg+xml').send(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300">
        <rect width="300" height="300" fill="hsl(${hue} 60% 45%)"/></svg>`
    )
  })
}

function listenerOf({ headers }: FastifyRequest, state: SpotifyStandInState) {
  const token = state.accessTokens.get(headers.authorization?.replace('Bearer ', '') ?? '')
  return state.listeners.find(({ id }) => id === token?.listenerId)
}

function pageOf({ query }: FastifyRequest): { offset: number; limit: number } {
  const { offset = '0', limit = '20' } = query as Record<string, string>
  return { offset: Number(offset), limit: Math.min(Number(limit), maxItems) }
}

async function notFound(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(404).send({ error: { status: 404, message: 'Resource not found' } })
}
