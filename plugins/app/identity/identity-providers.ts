import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { ProviderName } from '../../../contract/sign-in.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { createOidcProvider } from './oidc-provider.ts'
import { createSpotifyProvider } from '../spotify/spotify-provider.ts'

declare module 'fastify' {
  interface FastifyInstance {
    identityProviders: IdentityProviders
  }
}

export interface IdentityProviders {
  /** Throws SPOTIFY_OFF or NOT_FOUND where it is not set up. */
  get(name: ProviderName): IdentityProvider
}

export default fp(
  async app => {
    const providers = new Map<ProviderName, IdentityProvider>()
    const spotify = createSpotifyProvider(app)
    const oidc = createOidcProvider(app)
    if (spotify) providers.set('spotify', spotify)
    if (oidc) providers.set('oidc', oidc)

    app.decorate('identityProviders', {
      get(name) {
        const provider = providers.get(name)
        if (provider) return provider
        throw name === 'spotify'
          ? new CodedError('SPOTIFY_OFF', 'Spotify is not set up here.')
          : new CodedError('NOT_FOUND', 'No such way to sign in is set up here.')
      }
    })
  },
  { name: 'identity-providers', dependencies: ['oauth2', 'spotify-api', 'public-url'] }
)
