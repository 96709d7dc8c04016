import { Type } from 'typebox'
import type { Config } from '../../../config/config.ts'
import type { CreateOAuthFlow, OAuthFlow } from '../../external/oauth2.ts'
import type { SpotifyApi } from '../../external/spotify-api.ts'
import type { Validator } from '../http/validation.ts'
import type { IdentityProvider } from '../identity/identity-provider.ts'
import { memoizeSuccess } from '../identity/memoize-success.ts'

/** The scopes that reading a person's playlists needs, and no more. */
const scope = ['playlist-read-private', 'playlist-read-collaborative']
/** The scopes Spotify's own player needs in addition: https://developer.spotify.com/documentation/web-playback-sdk */
export const playerScope = ['streaming', 'user-read-email', 'user-read-private', 'user-modify-playback-state']

const Profile = Type.Object({
  id: Type.String({ minLength: 1 }),
  display_name: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
  images: Type.Optional(Type.Array(Type.Object({ url: Type.String() }))),
  external_urls: Type.Optional(Type.Object({ spotify: Type.Optional(Type.String()) }))
})

export interface SpotifyProviderParts {
  config: Pick<Config, 'SPOTIFY_CLIENT_ID' | 'SPOTIFY_CLIENT_SECRET' | 'SPOTIFY_ACCOUNTS_URL'>
  validator: Validator
  createOAuthFlow: CreateOAuthFlow
  publicUrl(): string
  api: SpotifyApi
}

/** Spotify, whose tokens can be refreshed. */
export interface SpotifyProvider extends IdentityProvider {
  flow(): Promise<OAuthFlow>
}

/** Returns Spotify as an identity provider; undefined when SPOTIFY_CLIENT_ID or SPOTIFY_CLIENT_SECRET is unset. */
export function createSpotifyProvider({
  config,
  validator,
  createOAuthFlow,
  publicUrl,
  api
}: SpotifyProviderParts): SpotifyProvider | undefined {
  const { SPOTIFY_CLIENT_ID: clientId, SPOTIFY_CLIENT_SECRET: clientSecret } = config
  if (clientId === undefined || clientSecret === undefined) return undefined
  const accountsUrl = config.SPOTIFY_ACCOUNTS_URL.replace(/\/+$/, '')
  const readProfile = validator.reader(Profile)

  const flow = memoizeSuccess(
    async () =>
      await createOAuthFlow({
        name: 'spotify',
        clientId,
        clientSecret,
        scope,
        authorizeUrl: `${accountsUrl}/authorize`,
        tokenUrl: `${accountsUrl}/api/token`,
        callbackUri: () => `${publicUrl()}/v1/auth/spotify/callback`
      })
  )

  return {
    flow,

    authorizationParams: ({ player }): Record<string, string> =>
      player ? { scope: [...scope, ...playerScope].join(' ') } : {},

    async identify(request, reply) {
      const token = await (await flow()).finish(request, reply)
      const profile = readProfile(await api.get('/me', {}, token.access_token))
      const identity = {
        subject: profile.id,
        displayName: profile.display_name ?? '',
        avatarUrl: profile.images?.[0]?.url ?? null,
        link: profile.external_urls?.spotify ?? null
      }
      return { identity, token }
    }
  }
}
