import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { IdentityProvider } from '../identity/identity-provider.ts'
import { onFirstUse } from '../identity/on-first-use.ts'

/** What reading somebody's playlists takes, and nothing more. */
const scope = ['playlist-read-private', 'playlist-read-collaborative']
/** What its own player needs besides: https://developer.spotify.com/documentation/web-playback-sdk */
export const playerScope = ['streaming', 'user-read-email', 'user-read-private', 'user-modify-playback-state']
export const scopeWithPlayer = [...scope, ...playerScope].join(' ')

const Profile = Type.Object({
  id: Type.String({ minLength: 1 }),
  display_name: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
  images: Type.Optional(Type.Array(Type.Object({ url: Type.String() }))),
  external_urls: Type.Optional(Type.Object({ spotify: Type.Optional(Type.String()) }))
})

/** Spotify, where SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are set; else null. */
export function createSpotifyProvider(app: FastifyInstance): IdentityProvider | null {
  const { SPOTIFY_CLIENT_ID: clientId, SPOTIFY_CLIENT_SECRET: clientSecret, SPOTIFY_ACCOUNTS_URL } = app.config
  if (clientId === undefined || clientSecret === undefined) return null
  const accounts = SPOTIFY_ACCOUNTS_URL.replace(/\/+$/, '')
  const check = app.validator.reader(Profile)

  return {
    flow: onFirstUse(
      async () =>
        await app.createOAuthFlow({
          name: 'spotify',
          clientId,
          clientSecret,
          scope,
          authorizeUrl: `${accounts}/authorize`,
          tokenUrl: `${accounts}/api/token`,
          callbackUri: () => `${app.publicUrl()}/v1/auth/spotify/callback`
        })
    ),

    async identify(token) {
      const profile = check(await app.spotifyApi.get('/me', {}, token.access_token))
      return {
        subject: profile.id,
        displayName: profile.display_name ?? '',
        avatarUrl: profile.images?.[0]?.url ?? null,
        link: profile.external_urls?.spotify ?? null
      }
    }
  }
}
