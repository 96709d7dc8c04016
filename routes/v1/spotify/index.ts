import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../contract/paging.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { PlayerToken, SpotifyId, SpotifyPlaylist, SpotifySearch, SpotifyTrack } from '../../../contract/spotify.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'

/** Playlists and tracks at Spotify, read through the caller's linked account. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['spotify']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }
  const answers = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'SPOTIFY_OFF', 'SPOTIFY_NOT_LINKED', 'NOT_FOUND')

  app.get(
    '/playlists',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'listSpotifyPlaylists',
        summary: 'List your playlists at Spotify',
        querystring: PageQuery,
        response: { 200: Page(SpotifyPlaylist), ...answers }
      }
    },
    async request => await app.spotify.playlists(callerOf(request).userId, request.query)
  )

  app.get(
    '/playlists/:id/items',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'listSpotifyPlaylistItems',
        summary: 'List the tracks of a playlist at Spotify',
        params: Exactly({ id: SpotifyId }),
        querystring: PageQuery,
        response: { 200: Page(SpotifyTrack), ...answers }
      }
    },
    async request => await app.spotify.playlistItems(callerOf(request).userId, request.params.id, request.query)
  )

  app.get(
    '/player-token',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'getSpotifyPlayerToken',
        summary: "Get a token for Spotify's own player, if you have allowed it",
        response: { 200: PlayerToken, ...answers }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.spotifyAccounts.playerToken(callerOf(request).userId)
    }
  )

  app.get(
    '/search',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'searchSpotify',
        summary: 'Search tracks at Spotify, at most ten at a time',
        querystring: SpotifySearch,
        response: { 200: Page(SpotifyTrack), ...answers }
      }
    },
    async request => await app.spotify.search(callerOf(request).userId, request.query)
  )
}

export default routes
